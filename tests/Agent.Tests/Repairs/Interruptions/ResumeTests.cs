using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs.Interruptions;

public sealed class ResumeTests
{
    [Fact]
    public async Task FullRepair_WithTheAgentEndedAtEveryPlace_DoesEachThingOnceAndLosesNone()
    {
        var places = await CountPlacesAsync();
        Assert.True(places > 50, $"Only {places} places were passed.");

        for (var place = 0; place < places; place++)
        {
            await EndAndResumeAsync(place);
        }
    }

    /// <summary>An agent that is asked to end doesn't wait for its repair for long: what a step works with may be gone before the step is.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Step_FailsBecauseTheAgentEnds_IsNoOutcomeAndIsResumed(int round)
    {
        using var server = new FakeServer();
        server.WhileAsked = _ =>
        {
            if (server.Rounds != round)
            {
                return Task.CompletedTask;
            }

            server.Crash.End();
            throw new ObjectDisposedException("the probe");
        };
        string id;
        await using (var first = await AgentLife.BeginAsync(server))
        {
            id = (await first.StartAsync()).Id;
            await first.Worker;
            Assert.Equal(round, server.Rounds);
        }

        server.WhileAsked = _ => Task.CompletedTask;
        await using (var reader = await AgentLife.BeginAsync(server, crashAt: 0))
        {
            Assert.DoesNotContain(reader.Service.Get(id).Steps, step => step.State == StepState.Failed);
        }

        await using var second = await AgentLife.BeginAsync(server);
        Assert.Equal(RepairState.Succeeded, (await second.EndOfAsync(id)).State);
    }

    [Fact]
    public async Task ResumedStep_CountsItsAttemptsAndSaysSo()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true } };
        var id = await BeginAndCrashAsync(server, "after start pool");
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.EndOfAsync(id);

        Assert.Equal(2, run.Steps.Single(step => step.Kind == StepKind.RestartPool).Attempts);
        Assert.All(run.Steps.Where(step => step.Kind != StepKind.RestartPool), step => Assert.Equal(1, step.Attempts));
    }

    [Fact]
    public async Task ResumedRun_WhosePolicyForbidsIt_StopsAndSaysWhy()
    {
        using var server = new FakeServer();
        var id = await BeginAndCrashAsync(server, "before stop pool");
        server.WritePolicy("""{ "mode": "monitor-only" }""");
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.EndOfAsync(id);

        Assert.Equal(RepairState.Failed, run.State);
        Assert.DoesNotContain("stop pool", server.Iis.Done);
        Assert.True(run.CanUndo);
    }

    [Fact]
    public async Task ResumedFailure_DoesNotGoOnWithTheNextStep()
    {
        var (server, id) = await EndBetweenFailureAndEndAsync();
        using var kept = server;
        server.Iis.ResetExitCode = 0;
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.EndOfAsync(id);

        Assert.Equal(RepairState.Failed, run.State);
        Assert.Single(server.Iis.Done, "iisreset");
        Assert.Equal(0, server.Wsus.Starts);
    }

    [Fact]
    public async Task UnfinishedRun_BeforeItIsResumed_KeepsTheGateShut()
    {
        using var server = new FakeServer();
        await BeginAndCrashAsync(server, "before stop pool");
        server.BeforeRefresh = token => Task.Delay(Timeout.Infinite, token);
        await using var agent = await AgentLife.BeginAsync(server);

        Assert.NotNull(agent.Gate.OccupiedBy);
    }

    private static async Task<int> CountPlacesAsync()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true } };
        await using var agent = await AgentLife.BeginAsync(server);
        var run = await agent.RunAsync();
        Assert.Equal(RepairState.Succeeded, run.State);
        return server.Crash.Passed.Count;
    }

    private static async Task EndAndResumeAsync(int place)
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true } };
        string? id = null;
        await using (var first = await AgentLife.BeginAsync(server, place))
        {
            try
            {
                id = (await first.StartAsync()).Id;
            }
            catch (OperationCanceledException)
            {
                // It ended while it planned: there is no run to resume.
            }

            if (id is not null)
            {
                await server.Ended.ReadAsync(TestContext.Current.CancellationToken);
            }
        }

        await using var second = await AgentLife.BeginAsync(server);
        if (id is null)
        {
            await second.UntilOpenAsync();
        }

        var run = id switch
        {
            null => await second.RunAsync(),
            _ when second.Service.Get(id) is { IsFinal: true } ended => await OpenedAsync(second, ended),
            _ => await second.EndOfAsync(id),
        };

        var where = $"ended at place {place}, after {string.Join(", ", server.Crash.Passed.Take(place).TakeLast(3))}";
        Assert.True(run.State == RepairState.Succeeded, $"{where}: {run.State}, {run.Steps.FirstOrDefault(step => step.State == StepState.Failed)?.Message}");
        Assert.True(Once(server.Iis.Done, ["stop pool", "start pool", "iisreset"]), $"{where}: {string.Join(", ", server.Iis.Done)}");
        Assert.True(Once(server.Services.Accepted.TakeLast(1), [$"start {ServiceNames.NotificationServer}"]), where);
        Assert.True(server.Services.Accepted.Count == 7, $"{where}: {string.Join(", ", server.Services.Accepted)}");
        Assert.True(server.Wsus is { Starts: 1, SyncNows: 1 }, $"{where}: {server.Wsus.Starts} syncs, {server.Wsus.SyncNows} SyncNow");
        Assert.True(server.Iis.Settings is { QueueLength: 30_000, PrivateMemoryKilobytes: 0 }, where);
        Assert.True(run.CanUndo && run.Changes.Count > 0, where);
        var revisions = server.Published.Where(published => published.Id == run.Id).Select(published => published.Revision).ToArray();
        Assert.Equal(revisions.Order(), revisions);
        Assert.Equal(run.Revision, server.Published.Last(published => published.Id == run.Id).Revision);
    }

    // The moment lies somewhere after the failure: the places are tried until the journal shows a failed step in a run that goes on.
    private static async Task<(FakeServer Server, string Id)> EndBetweenFailureAndEndAsync()
    {
        for (var later = 1; later < 20; later++)
        {
            var server = new FakeServer { Iis = { ResetExitCode = 5 } };
            var id = await BeginAndCrashAsync(server, "after iisreset", later);
            Repair run;
            await using (var reader = await AgentLife.BeginAsync(server, crashAt: 0))
            {
                run = reader.Service.Get(id);
            }

            if (!run.IsFinal && run.Steps.Any(step => step.State == StepState.Failed))
            {
                return (server, id);
            }

            server.Dispose();
        }

        throw new InvalidOperationException("No such moment was found.");
    }

    private static async Task<Repair> OpenedAsync(AgentLife agent, Repair run)
    {
        await agent.UntilOpenAsync();
        return run;
    }

    private static bool Once(IEnumerable<string> done, string[] expected) => done.SequenceEqual(expected);

    private static async Task<string> BeginAndCrashAsync(FakeServer server, string placeName, int later = 0)
    {
        int place;
        using (var rehearsal = new FakeServer { Wsus = { IsSiteServer = server.Wsus.IsSiteServer }, Iis = { ResetExitCode = server.Iis.ResetExitCode } })
        {
            await using var agent = await AgentLife.BeginAsync(rehearsal);
            await agent.RunAsync();
            place = rehearsal.Crash.Passed.IndexOf(placeName) + later;
        }

        await using var first = await AgentLife.BeginAsync(server, place);
        var started = await first.StartAsync();
        await server.Ended.ReadAsync(TestContext.Current.CancellationToken);
        return started.Id;
    }
}
