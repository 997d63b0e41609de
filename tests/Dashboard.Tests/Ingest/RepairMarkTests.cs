using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Ingest;

/// <summary>What a repair did to a synchronization is marked as that, in whichever order the two become known, and counts nowhere.</summary>
public abstract class RepairMarkTests(DatabaseKind kind) : IDisposable
{
    private readonly TestDatabase _database = new(kind);
    private LinkCursor _cursor = LinkCursor.Start;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_SyncThatTheRepairCutOff_IsMarkedHasNoCauseAndIsNotCounted(bool isRepairFirst)
    {
        var id = await _database.AddServerAsync("a");
        var sync = new EventItem(id, "e", Samples.SyncEvent(1, Samples.Sync("wsus-1", Clock.Start.AddMinutes(-7), SyncResult.Cancelled)), false);
        var cause = new CauseItem(id, "wsus-1", FindingIds.PoolStopped, "Pool stopped");
        var repair = new RunItem(id, Ended(), Clock.Start.AddMinutes(30));

        await StoreAsync(isRepairFirst ? [repair] : [sync, cause]);
        await StoreAsync(isRepairFirst ? [sync, cause] : [repair]);

        var run = Assert.Single(await RunsAsync());
        Assert.Equal((RepairTrace.Interrupted, "run-1", false, null), (run.RepairTrace, run.RepairId, run.IsCounted, run.CauseId));
    }

    [Fact]
    public async Task Store_SyncsThatTheRepairStarted_OnlyTheGoodOneCounts()
    {
        var id = await _database.AddServerAsync("a");
        await StoreAsync([new RunItem(id, Ended(), Clock.Start.AddMinutes(30))]);

        await StoreAsync(
        [
            new EventItem(id, "e", Samples.SyncEvent(1, Samples.Sync("wsus-1", Clock.Start.AddMinutes(6), SyncResult.Failed, minutes: 2)), false),
            new EventItem(id, "e", Samples.SyncEvent(2, Samples.Sync("wsus-2", Clock.Start.AddMinutes(9), SyncResult.Succeeded, minutes: 2)), false),
            new EventItem(id, "e", Samples.SyncEvent(3, Samples.Sync("wsus-3", Clock.Start.AddHours(3), SyncResult.Failed)), false),
        ]);

        Assert.Equal(
            [(RepairTrace.Started, false), (RepairTrace.Started, true), (RepairTrace.None, true)],
            (await RunsAsync()).Select(run => (run.RepairTrace, run.IsCounted)));
    }

    [Fact]
    public async Task Store_CutOffHalfOfAPair_LeavesNoOtherHalfThatCounts()
    {
        var id = await _database.AddServerAsync("a");
        await StoreAsync(
        [
            new EventItem(id, "e", Samples.SyncEvent(1, Samples.Sync("mecm-1", Clock.Start.AddMinutes(-8), SyncResult.Failed, SyncSource.ConfigMgr, minutes: 11)), false),
            new EventItem(id, "e", Samples.SyncEvent(2, Samples.Sync("wsus-1", Clock.Start.AddMinutes(-7), SyncResult.Cancelled)), false),
        ]);

        await StoreAsync([new RunItem(id, Ended(), Clock.Start.AddMinutes(30))]);

        Assert.All(await RunsAsync(), run => Assert.False(run.IsCounted));
    }

    [Fact]
    public void Assess_RepairThatGoesOn_MarksItsDoingAndTheStripHasNoFailure()
    {
        var state = new ServerState(new(1, "a", "BRN", "", BaselineCatalog.Guide), new(), [], [], null, null);
        var now = Clock.Start.AddMinutes(4);
        state.SetLink(new(LinkState.Up, Clock.Start, null, 0, now));
        state.Take(Samples.Sync("wsus-1", Clock.Start.AddMinutes(-7), SyncResult.Cancelled), isFresh: true);
        state.Update(_ => Stopped(now), now);

        // Before the repair is known it looks like a trouble.
        Assert.Equal(Health.Critical, state.Assess(now).Live.Status.Health);
        state.Take(Running(), now);
        var (live, causes) = state.Assess(now);

        Assert.True(live.IsBeingRepaired);
        Assert.NotEqual(Health.Critical, live.Status.Health);
        Assert.Equal(FindingRepairRole.Causes, Assert.Single(live.Assessment!.Findings, finding => finding.Id == FindingIds.PoolStopped).Repair?.Role);
        Assert.Empty(live.Status.Strip);
        Assert.Empty(causes);
        Assert.Null(live.Status.Playbook);
    }

    [Fact]
    public void Assess_RepairThatEnded_IsKnownWithItsEnd()
    {
        var state = new ServerState(new(1, "a", "BRN", "", BaselineCatalog.Guide), new(), [], [], null, null);
        state.Take(Ended(), Clock.Start.AddMinutes(30));

        var live = state.Assess(Clock.Start.AddMinutes(30)).Live;

        Assert.False(live.IsBeingRepaired);
        Assert.Equal(Clock.Start.AddMinutes(20), live.LastRepairEndedAt);
    }

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Restarts from the second to the fifth minute, asks for its synchronization in the sixth, ends in the twentieth.</summary>
    private static Repair Ended() => Samples.Run(state: RepairState.Succeeded) with
    {
        EndedAt = Clock.Start.AddMinutes(20),
        Steps =
        [
            Step(StepKind.SaveSettings, 0, 1),
            Step(StepKind.RestartPool, 2, 5),
            Step(StepKind.StartSync, 6, 7),
            Step(StepKind.VerifySync, 7, 20),
        ],
    };

    private static Repair Running() => Samples.Run() with { Steps = [Step(StepKind.SaveSettings, 0, 1), Step(StepKind.RestartPool, 2, null)] };

    private static RepairStep Step(StepKind step, int from, int? to) => new()
    {
        Kind = step,
        Title = step.ToString(),
        State = to is null ? StepState.Running : StepState.Done,
        StartedAt = Clock.Start.AddMinutes(from),
        EndedAt = to is { } minute ? Clock.Start.AddMinutes(minute) : null,
    };

    private static Snapshot Stopped(DateTimeOffset now)
    {
        var snapshot = Samples.Snapshot(now, pool: PoolState.Stopped);
        var iis = snapshot.Iis.Value!;
        return snapshot with { Iis = snapshot.Iis with { Value = iis with { Pools = [.. iis.Pools.Select(pool => pool with { StateSince = Clock.Start.AddMinutes(3) })] } } };
    }

    private Task<List<SyncRunEntity>> RunsAsync() => _database.ReadAsync(context => context.SyncRuns.AsNoTracking().OrderBy(run => run.StartedAt).ToListAsync(Token));

    private async Task StoreAsync(IReadOnlyList<HistoryItem> items)
    {
        await using var context = _database.CreateDbContext();
        var transaction = new HistoryTransaction(context, new Dictionary<int, ServerState>(), _ => _cursor, Clock.Start);
        await transaction.StoreAsync(new(items, []), Token);
        _cursor = transaction.Cursors.Values.SingleOrDefault(_cursor);
    }
}

public sealed class RepairMarkOnSqliteTests() : RepairMarkTests(DatabaseKind.Sqlite);

public sealed class RepairMarkOnPostgreSqlTests() : RepairMarkTests(DatabaseKind.PostgreSql);
