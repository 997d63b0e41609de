using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Tests.Repairs;

public sealed class UndoTests
{
    [Fact]
    public async Task Undo_RestoresWhatTheRunSetAndNothingElse()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        var before = server.Iis.Settings;
        var run = await agent.RunAsync();
        server.Iis.Set(pool => pool.Recycling.PeriodicRestart.Memory = 7000);
        server.Iis.Done.Clear();

        var undo = await agent.UndoAsync(run.Id);

        Assert.Equal(RepairState.Succeeded, undo.State);
        Assert.Equal(before with { VirtualMemoryKilobytes = 7000 }, server.Iis.Settings);
        Assert.Empty(server.Iis.Done);
        Assert.Equal(run.Id, undo.UndoOf);
        var undone = agent.Service.Get(run.Id);
        Assert.Equal((undo.Id, false), (undone.UndoneBy, undone.CanUndo));
        Assert.Equal(undo.Id, server.Published.Last(published => published.Id == run.Id).UndoneBy);
        Assert.False(undo.CanUndo);
    }

    [Fact]
    public async Task Undo_LeavesWhatSomeoneElseChangedSinceAndNamesIt()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        var run = await agent.RunAsync();
        server.Iis.Set(pool => pool.QueueLength = 5555);

        var undo = await agent.UndoAsync(run.Id);

        Assert.Equal(RepairState.Succeeded, undo.State);
        Assert.Equal(5555, server.Iis.Settings.QueueLength);
        Assert.Equal(1_843_200, server.Iis.Settings.PrivateMemoryKilobytes);
        Assert.Contains(undo.Steps[0].ReadBack, line => line.StartsWith("queueLength is 5,555", StringComparison.Ordinal) || line.StartsWith("queueLength is 5555", StringComparison.Ordinal));
        Assert.Contains("1 setting was changed by someone else", undo.Steps[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_Twice_IsRefused()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        var run = await agent.RunAsync();
        var undo = await agent.UndoAsync(RepairQueue.Undoable);

        Assert.Equal(run.Id, undo.UndoOf);
        await RefusedAsync(agent, run.Id, "already undone");
        await RefusedAsync(agent, undo.Id, "itself an undo");
    }

    [Fact]
    public async Task Undo_OfARunThatChangedNothing_IsRefused()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        var run = await agent.RunAsync(PlaybookCatalog.SyncOnlyId);

        Assert.False(run.CanUndo);
        await RefusedAsync(agent, run.Id, "changed no setting");
    }

    [Fact]
    public async Task Undo_UnderARestartPolicy_IsRefused()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        var run = await agent.RunAsync();
        server.WritePolicy("""{ "mode": "restart" }""");

        await RefusedAsync(agent, run.Id, "no settings changes");
        Assert.True(agent.Service.Get(run.Id).CanUndo);
    }

    [Fact]
    public async Task Undo_WithTheAgentEndedAtEveryPlace_RestoresOnce()
    {
        for (var place = 0; place < 12; place++)
        {
            using var server = new FakeServer();
            Repair run;
            await using (var repair = await AgentLife.BeginAsync(server))
            {
                run = await repair.RunAsync(PlaybookCatalog.PoolOnlyId);
            }

            await using (var first = await AgentLife.BeginAsync(server, place))
            {
                await first.UntilOpenAsync();
                await first.Service.UndoAsync(run.Id, TestContext.Current.CancellationToken);
                await server.Ended.ReadAsync(TestContext.Current.CancellationToken);
            }

            await using var second = await AgentLife.BeginAsync(server);
            await second.UntilOpenAsync();

            var undone = second.Service.Get(run.Id);
            Assert.Equal(1000, server.Iis.Settings.QueueLength);
            Assert.Equal(RepairState.Succeeded, second.Service.Get(undone.UndoneBy).State);
            Assert.False(undone.CanUndo);
        }
    }

    private static async Task RefusedAsync(AgentLife agent, string repairId, string reason)
    {
        var failure = await Assert.ThrowsAsync<CommandException>(() =>
            agent.Service.UndoAsync(repairId, TestContext.Current.CancellationToken));
        Assert.Equal(CommandFailure.Refused, failure.Failure);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }
}
