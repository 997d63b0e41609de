using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Tests.Repairs.Interruptions;

/// <summary>Memory that is used up in the middle of a repair ends the agent before anybody has caught the exception; the repair then goes on as after a kill.</summary>
public sealed class OutOfMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Repair_MemoryIsUsedUp_EndsTheAgentWithoutAnOutcomeAndIsResumed(int round)
    {
        using var server = new FakeServer();
        var hasEnded = false;
        string id;

        // A process that has ended writes nothing more.
        server.FailStoreWhile(() => hasEnded);
        using (OutOfMemoryExit.Watch(() =>
        {
            hasEnded = true;
            server.Crash.End();
        }))
        {
            server.WhileAsked = _ => server.Rounds == round ? throw new InsufficientMemoryException("The test wants it.") : Task.CompletedTask;
            await using var first = await AgentLife.BeginAsync(server);
            id = (await first.StartAsync()).Id;
            await server.Ended.ReadAsync(TestContext.Current.CancellationToken);
            Assert.True(server.Crash.HasCrashed);
        }

        hasEnded = false;
        server.WhileAsked = _ => Task.CompletedTask;
        Repair left;
        await using (var reader = await AgentLife.BeginAsync(server, crashAt: 0))
        {
            left = reader.Service.Get(id);
        }

        Assert.DoesNotContain(left.Steps, step => step.State == StepState.Failed);
        Assert.False(left.IsFinal);

        await using var second = await AgentLife.BeginAsync(server);
        var run = await second.EndOfAsync(id);

        Assert.Equal(RepairState.Succeeded, run.State);
        // Each of the three lives may have entered the step once.
        Assert.All(run.Steps, step => Assert.InRange(step.Attempts, 0, 3));
        Assert.Equal(30_000, server.Iis.Settings.QueueLength);
    }
}
