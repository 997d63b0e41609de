using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared;

namespace WsusDashboard.Dashboard.Tests.Ingest;

public abstract class HistoryTransactionTests(DatabaseKind kind) : IDisposable
{
    private readonly TestDatabase _database = new(kind);
    private LinkCursor _cursor = LinkCursor.Start;

    [Fact]
    public async Task StoreAsync_SameEventsTwice_StoresEachOnce()
    {
        var id = await _database.AddServerAsync("a");
        HistoryItem[] items = [Event(id, 1), Event(id, 2), Event(id, 3)];

        await StoreAsync(items);
        await StoreAsync(items);
        await StoreAsync([Event(id, 3), Event(id, 4)]);

        Assert.Equal(["1", "2", "3", "4"], await ChangesAsync());
        Assert.Equal(4, await _database.ReadAsync(context => context.LinkCursors.Select(cursor => cursor.Sequence).SingleAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task StoreAsync_AgainAfterTheAnswerToTheCommitWasLost_StoresEachOnceAndTellsOfTheEndedRepair()
    {
        var id = await _database.AddServerAsync("a");
        var ended = new EventItem(id, "epoch-1", new AgentEvent { Sequence = 3, At = Clock.Start, Repair = Samples.Run("run-1", RepairState.Succeeded, revision: 9) }, IsFirstOfWatch: false);
        HistoryItem[] items = [Event(id, 1) with { MessageBytes = 100 }, Event(id, 2), ended];
        await StoreAsync(items);

        _cursor = LinkCursor.Start;
        var again = await StoreAsync([.. items, Event(id, 4)]);

        Assert.Equal(["1", "2", "4"], await ChangesAsync());
        Assert.Equal((4, 100L), await _database.ReadAsync(context => context.LinkCursors.Select(cursor => new ValueTuple<int, long>(cursor.EventsOfDay, cursor.EventBytesOfDay)).SingleAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(4, again.Cursors[id].Sequence);
        Assert.Equal("run-1", Assert.Single(again.EndedRuns).Run.Id);
    }

    [Fact]
    public async Task StoreAsync_HoleThatIsNotTheAgents_StoresNothingAfterItAndAsksToWatchAgain()
    {
        var id = await _database.AddServerAsync("a");

        var transaction = await StoreAsync([Event(id, 1), Event(id, 3), Event(id, 4)]);

        Assert.Equal(["1"], await ChangesAsync());
        Assert.Equal([id], transaction.Interrupted);
        Assert.Equal(1, transaction.Cursors[id].Sequence);
    }

    [Fact]
    public async Task StoreAsync_AgentLostOldEvents_GoesOnAndSaysWhichAreMissing()
    {
        var id = await _database.AddServerAsync("a");
        await StoreAsync([Event(id, 1)]);

        await StoreAsync([Event(id, 8, isFirstOfWatch: true), Event(id, 9)]);

        Assert.Equal(["1", "8", "9", "incomplete"], (await ChangesAsync()).Order(StringComparer.Ordinal));
        Assert.Contains("events 2 to 7", await _database.ReadAsync(context => context.StateChanges.Where(change => change.Subject == "history").Select(change => change.Detail).SingleAsync(TestContext.Current.CancellationToken)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoreAsync_EvidenceTwice_KeepsTheNewer()
    {
        var id = await _database.AddServerAsync("a");

        await StoreAsync([Evidence(id, 1, "first"), Evidence(id, 2, "second")]);
        await StoreAsync([Evidence(id, 3, "third")]);

        var message = await _database.ReadAsync(context => context.RunEvidence.Select(row => row.Message).SingleAsync(TestContext.Current.CancellationToken));
        Assert.Equal("third", Assert.Single(Shared.Contract.V1.RunEvidence.Parser.ParseFrom(message).Lines).Text);
    }

    [Fact]
    public async Task StoreAsync_AgentBeginsANewEpoch_TakesItFromTheStart()
    {
        var id = await _database.AddServerAsync("a");
        await StoreAsync([Event(id, 1), Event(id, 2)]);

        await StoreAsync([Event(id, 1, epoch: "epoch-2", isFirstOfWatch: true)]);

        Assert.Equal(["1", "2", "1"], await ChangesAsync());
        Assert.Equal(new LinkCursor("epoch-2", 1), _cursor);
    }

    /// <summary>As by an agent whose store was lost: it reads the logs of its server again.</summary>
    [Fact]
    public async Task StoreAsync_WindowsEventsToldAgainInANewEpoch_StoresEachOnce()
    {
        var id = await _database.AddServerAsync("a");
        await StoreAsync([Logged(id, 1, record: 7), Logged(id, 2, record: 8)]);

        await StoreAsync([Logged(id, 1, record: 8, epoch: "epoch-2", isFirstOfWatch: true), Logged(id, 2, record: 9, epoch: "epoch-2"), Logged(id, 3, record: 9, epoch: "epoch-2")]);

        Assert.Equal([7, 8, 9], await _database.ReadAsync(context => context.ServerEvents.OrderBy(entity => entity.Id).Select(entity => entity.RecordId).ToListAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(new LinkCursor("epoch-2", 3), _cursor);

        // Its log was cleared: the number comes again, and is another event.
        await StoreAsync([Logged(id, 4, record: 7, epoch: "epoch-2", minute: 1)]);
        Assert.Equal(4, await _database.ReadAsync(context => context.ServerEvents.CountAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task StoreAsync_EventsOfADay_AreCountedOnceEachAndAnewTheNextDay()
    {
        var id = await _database.AddServerAsync("a");
        HistoryItem[] items = [Event(id, 1) with { MessageBytes = 100 }, Event(id, 2) with { MessageBytes = 50 }];
        await StoreAsync(items);
        await StoreAsync([.. items, Event(id, 3) with { MessageBytes = 7 }]);
        Assert.Equal((DateOnly.FromDateTime(Clock.Start.UtcDateTime), 3, 157), await SpentAsync());

        await StoreAsync([Event(id, 4) with { MessageBytes = 20 }], at: Clock.Start.AddDays(1));
        Assert.Equal((DateOnly.FromDateTime(Clock.Start.UtcDateTime).AddDays(1), 1, 20), await SpentAsync());

        async Task<(DateOnly, int, long)> SpentAsync()
        {
            var cursor = await _database.ReadAsync(context => context.LinkCursors.SingleAsync(TestContext.Current.CancellationToken));
            return (cursor.Day, cursor.EventsOfDay, cursor.EventBytesOfDay);
        }
    }

    [Fact]
    public async Task StoreAsync_FailsInTheMiddle_LeavesNeitherEventsNorCursor()
    {
        var id = await _database.AddServerAsync("a");
        _database.Add(new FailingSave());

        await Assert.ThrowsAsync<IOException>(() => StoreAsync([Event(id, 1), Event(id, 2)]));

        Assert.Empty(await ChangesAsync());
        Assert.Equal(0, await _database.ReadAsync(context => context.LinkCursors.CountAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(LinkCursor.Start, _cursor);
    }

    [Fact]
    public async Task StoreAsync_ServerWasRemovedMeanwhile_PassesItsEventsOver()
    {
        var id = await _database.AddServerAsync("a");

        await StoreAsync([Event(id + 1, 1), Event(id, 1)]);

        Assert.Equal(["1"], await ChangesAsync());
    }

    [Fact]
    public async Task StoreAsync_WsusAnswersOtherwiseFromOutside_KeepsTheLatestAndEachChange()
    {
        var id = await _database.AddServerAsync("a");
        await StoreAsync([Outside(id, 1), Outside(id, 2, new StateChange("outside:Content", "Answered", "NoAnswer", ""))]);
        await StoreAsync([Outside(id, 3, new StateChange("outside:Content", "NoAnswer", "Answered", ""))]);

        var kept = await _database.ReadAsync(context => context.OutsideProbes.SingleAsync(TestContext.Current.CancellationToken));
        Assert.Equal((id, Clock.Start.UtcDateTime.AddMinutes(3)), (kept.ServerId, kept.SavedAt));
        Assert.Equal(3, Shared.Contract.V1.Section.Parser.ParseFrom(kept.Message).Revision);
        Assert.Equal(["NoAnswer", "Answered"], await ChangesAsync());
        Assert.Equal(0, await _database.ReadAsync(context => context.LinkCursors.CountAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task StoreAsync_SyncBeginsAndEnds_IsOneRow()
    {
        var id = await _database.AddServerAsync("a");
        await StoreAsync([new EventItem(id, "e", Samples.SyncEvent(1, Samples.Sync("wsus-1", Clock.Start, SyncResult.Running)), false)]);
        await StoreAsync([new EventItem(id, "e", Samples.SyncEvent(2, Samples.Sync("wsus-1", Clock.Start, SyncResult.Cancelled)), false), new CauseItem(id, "wsus-1", "pool-memory-limit", "Pool over memory limit")]);

        var run = await _database.ReadAsync(context => context.SyncRuns.SingleAsync(TestContext.Current.CancellationToken));

        Assert.Equal((SyncResult.Cancelled, "pool-memory-limit", true), (run.Result, run.CauseId, run.IsCounted));
        Assert.Equal(Clock.Start.UtcDateTime.AddMinutes(10), run.EndedAt);
        Assert.Equal(DateTimeKind.Utc, run.EndedAt!.Value.Kind);
    }

    [Fact]
    public async Task StoreAsync_OtherViewComesLater_OnlyOneIsCounted()
    {
        var id = await _database.AddServerAsync("a");
        await StoreAsync([new EventItem(id, "e", Samples.SyncEvent(1, Samples.Sync("mecm-1", Clock.Start, SyncResult.Failed, SyncSource.ConfigMgr, 30)), false)]);
        await StoreAsync([new EventItem(id, "e", Samples.SyncEvent(2, Samples.Sync("wsus-1", Clock.Start.AddMinutes(1), SyncResult.Cancelled)), false)]);

        var counted = await _database.ReadAsync(context => context.SyncRuns.Where(run => run.IsCounted).Select(run => run.RunId).ToListAsync(TestContext.Current.CancellationToken));

        Assert.Equal(["wsus-1"], counted);
    }

    [Fact]
    public async Task StoreAsync_OlderWordAboutARepair_DoesNotReplaceTheNewer()
    {
        var id = await _database.AddServerAsync("a");
        await StoreAsync([new RunItem(id, Samples.Run(state: RepairState.Succeeded, revision: 9), Clock.Start)]);
        await StoreAsync([new EventItem(id, "e", new AgentEvent { Sequence = 1, At = Clock.Start, Repair = Samples.Run(revision: 3) }, false)]);

        var stored = await _database.ReadAsync(context => context.Repairs.SingleAsync(TestContext.Current.CancellationToken));

        Assert.Equal((RepairState.Succeeded, 9, "The sync succeeded after 4 min."), (stored.State, stored.Revision, stored.Sentence));
    }

    [Fact]
    public async Task StoreAsync_HealthChanged_WritesColumnsAndTheChangeTogether()
    {
        var id = await _database.AddServerAsync("a");
        var state = new ServerState(new(id, "a", "BRN", "http://a:1", BaselineCatalog.Guide), new(), [], [], null, null);
        state.Update(_ => Samples.Snapshot(Clock.Start, pool: Shared.Snapshots.PoolState.Stopped), Clock.Start);
        state.SetLink(new(Dashboard.Live.LinkState.Up, Clock.Start, null, 0, Clock.Start));
        state.Assess(Clock.Start);

        await StoreAsync([], [id], state);
        await StoreAsync([], [id], state);

        var server = await _database.ReadAsync(context => context.Servers.SingleAsync(TestContext.Current.CancellationToken));
        var changes = await _database.ReadAsync(context => context.StateChanges.OrderBy(change => change.Id).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Health.Critical, server.Status.Health);
        Assert.Equal(Shared.Snapshots.PoolState.Stopped, server.Status.PoolState);
        Assert.Equal("BRN-WSUS02", server.ComputerName);
        Assert.Contains("brn-wsus02", server.SearchText, StringComparison.Ordinal);
        Assert.Equal(("health", "Unknown", "Critical"), (changes[0].Subject, changes[0].From, changes[0].To));
        Assert.Contains(changes, change => (change.Subject, change.From, change.To) == ("finding:pool-stopped", "", "Critical"));
        Assert.Equal(changes.Count, changes.DistinctBy(change => change.Subject).Count());
        Assert.Equal(state.CurrentStatus, state.WrittenStatus);
    }

    [Fact]
    public async Task StoreAsync_OnlyTheNumberOfUpdatesChanged_WritesNothing()
    {
        var id = await _database.AddServerAsync("a");
        var state = new ServerState(new(id, "a", "BRN", "http://a:1", BaselineCatalog.Guide), new(), [], [], null, null);
        state.SetLink(new(Dashboard.Live.LinkState.Up, Clock.Start, null, 0, Clock.Start));
        await SeeUpdatesAsync(4_000);
        await SeeUpdatesAsync(4_001);

        var server = await _database.ReadAsync(context => context.Servers.SingleAsync(TestContext.Current.CancellationToken));
        Assert.Equal((4_000, 4_001), (server.Status.Updates, state.CurrentStatus.Updates));

        async Task SeeUpdatesAsync(long updates)
        {
            state.Update(_ => Samples.Snapshot(Clock.Start, updates: updates), Clock.Start);
            state.Assess(Clock.Start);
            await StoreAsync([], [id], state);
        }
    }

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    private static EventItem Event(int serverId, long sequence, string epoch = "epoch-1", bool isFirstOfWatch = false) =>
        new(serverId, epoch, Samples.ChangeEvent(sequence, sequence.ToString(System.Globalization.CultureInfo.InvariantCulture)), isFirstOfWatch);

    /// <summary>Windows tells times more exactly than a database keeps them.</summary>
    private static EventItem Logged(int serverId, long sequence, long record, string epoch = "epoch-1", bool isFirstOfWatch = false, int minute = 0)
    {
        var at = Clock.Start.AddMinutes(minute).AddTicks(1_234_567);
        return new(serverId, epoch, new AgentEvent { Sequence = sequence, At = at, WindowsEvent = new() { At = at, LogName = "System", RecordId = record, Provider = "WAS", EventId = 5117 } }, isFirstOfWatch);
    }

    private static OutsideItem Outside(int serverId, int minute, params StateChange[] changes) =>
        new(serverId, Clock.Start.AddMinutes(minute), Samples.Client(Clock.Start.AddMinutes(minute)) with { Revision = minute }, changes);

    private static EventItem Evidence(int serverId, long sequence, string line) =>
        new(serverId, "e", new AgentEvent { Sequence = sequence, At = Clock.Start, Evidence = new RunEvidence { RunId = "wsus-1", Lines = [new LoggedLine("WCM", Clock.Start, line)] } }, IsFirstOfWatch: false);

    private async Task<HistoryTransaction> StoreAsync(IReadOnlyList<HistoryItem> items, IReadOnlyList<int>? statuses = null, ServerState? state = null, DateTimeOffset? at = null)
    {
        await using var context = _database.CreateDbContext();
        var states = state is null ? [] : new Dictionary<int, ServerState> { [state.Id] = state };
        var transaction = new HistoryTransaction(context, states, _ => _cursor, at ?? Clock.Start);
        await transaction.StoreAsync(new(items, statuses ?? []), TestContext.Current.CancellationToken);
        _cursor = transaction.Cursors.Values.SingleOrDefault(_cursor);
        return transaction;
    }

    private Task<List<string>> ChangesAsync() => _database.ReadAsync(context => context.StateChanges.OrderBy(change => change.Id).Select(change => change.To).ToListAsync(TestContext.Current.CancellationToken));

    /// <summary>Fails when everything is already sent and only the commit is missing.</summary>
    private sealed class FailingSave : DbTransactionInterceptor
    {
        public override ValueTask<InterceptionResult> TransactionCommittingAsync(System.Data.Common.DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
            throw new IOException("The power went.");
    }
}

public sealed class HistoryTransactionOnSqliteTests() : HistoryTransactionTests(DatabaseKind.Sqlite);

public sealed class HistoryTransactionOnPostgreSqlTests() : HistoryTransactionTests(DatabaseKind.PostgreSql);
