using Microsoft.EntityFrameworkCore;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>A real agent whose store is lost, watched by a real dashboard.</summary>
public sealed class LostStoreTests
{
    private const double Speed = 60;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agent_WhoseStoreIsLost_IsTheSameToTheDashboardAndItsHistoryGoesOnWithoutADouble()
    {
        await using var real = await RealDashboard.StartAsync(profiles: [ModelBench.Profile(Scenario.StarvedPool)], speed: Speed);
        await real.EnrolAsync(0, await real.IssueAsync(admits: true));
        await real.UntilUpAsync();
        using var server = new ServerApi(real.Estate.Servers[0]);
        var before = await Eventually.Async(() => ReadToldAsync(real, server), told => told is { Syncs.Count: > 0, Events.Count: > 0 }) ?? throw new InvalidOperationException("Nothing was told.");

        await real.Estate.StopAgentAsync(0);
        foreach (var file in Directory.EnumerateFiles(real.AgentData(0), "agent.db*"))
        {
            File.Delete(file);
        }

        await real.Estate.StartAgentAsync(0, Token);
        var after = await Eventually.Async(() => ReadToldAsync(real, server), told => told is { Syncs.Count: > 0 } && told.Epoch != before.Epoch) ?? throw new InvalidOperationException("Nothing was told.");

        Assert.Equal(before.AgentId, after.AgentId);
        Assert.Subset(after.Syncs.ToHashSet(), before.Syncs.ToHashSet());
        Assert.Subset(after.Events.ToHashSet(), before.Events.ToHashSet());
        Assert.Equal(after.Events.Count, after.Events.Distinct().Count());
        await using var context = real.OpenDatabase();
        Assert.Equal(before.AgentId, (await context.Servers.SingleAsync(Token)).AgentId);
        Assert.False(await context.StateChanges.AnyAsync(change => change.Subject == "history", Token));
    }

    /// <summary>What the dashboard has stored once it has taken all that the agent has told so far; null before.</summary>
    private static async Task<Told?> ReadToldAsync(RealDashboard real, ServerApi server)
    {
        var agent = (await server.SnapshotAsync()).Agent;
        await using var context = real.OpenDatabase();
        if (await context.LinkCursors.SingleOrDefaultAsync(Token) is not { } cursor || cursor.Epoch != agent.SequenceEpoch || cursor.Sequence < agent.LastSequence)
        {
            return null;
        }

        return new(
            agent.AgentId,
            agent.SequenceEpoch,
            await context.SyncRuns.Select(run => run.RunId).ToListAsync(Token),
            await context.ServerEvents.Select(entity => ValueTuple.Create(entity.LogName, entity.RecordId, entity.At)).ToListAsync(Token));
    }

    private sealed record Told(string AgentId, string Epoch, IReadOnlyList<string> Syncs, IReadOnlyList<(string Log, long Record, DateTime At)> Events);
}
