using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Timelines;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>Timeline, changes, Patch Tuesday board and the effect of a repair, on both databases.</summary>
public abstract class HistoryQueryTests : IDisposable
{
    // Thursday, nine days after the Patch Tuesday of 10 March 2026.
    private static readonly DateTimeOffset Now = new(2026, 3, 19, 12, 0, 0, TimeSpan.Zero);

    private readonly TestDatabase _database;
    private readonly FakeTimeProvider _clock = new(Now);

    protected HistoryQueryTests(DatabaseKind kind) => _database = new(kind);

    [Fact]
    public async Task Timeline_EverythingOfADay_IsThereInTheOrderOfTime()
    {
        var id = await _database.AddServerAsync("brn");
        await SyncAsync(id, "late", Now.AddHours(-2), SyncResult.Cancelled);
        await SyncAsync(id, "early", Now.AddHours(-9), SyncResult.Succeeded);
        await SyncAsync(id, "old", Now.AddDays(-3), SyncResult.Failed);
        await ChangeAsync(id, Now.AddHours(-3), "pool:WsusPool", "Started", "Stopped");
        await EventAsync(id, Now.AddHours(-4), WindowsEvents.PrivateMemoryRecycle);
        await RepairAsync(id, "run-1", Now.AddHours(-1), Now.AddMinutes(-50));

        var timeline = (await Timelines.GetAsync(id, Now.AddDays(-1), Now, TimelineQueries.DefaultPoints, TestContext.Current.CancellationToken)).Value!;

        Assert.Equal(["early", "late"], timeline.Syncs.Select(sync => sync.RunId));
        Assert.Equal((ChangeKind.Pool, "WsusPool", "Stopped"), (timeline.Changes[0].Kind, timeline.Changes[0].Subject, timeline.Changes[0].To));
        Assert.Equal(ServerEventKind.MemoryRecycle, Assert.Single(timeline.Events).Kind);
        Assert.Equal("run-1", Assert.Single(timeline.Repairs).RepairId);
        Assert.Empty(timeline.PatchTuesdays);
        Assert.Equal(new DateOnly(2026, 3, 10), Assert.Single((await Timelines.GetAsync(id, Now.AddDays(-30), Now, 100, TestContext.Current.CancellationToken)).Value!.PatchTuesdays).Day);
    }

    [Fact]
    public async Task Timeline_WhoDidIt_IsTheRepairTheVerbOrNobody()
    {
        var id = await _database.AddServerAsync("brn");
        await RepairAsync(id, "run-1", Now.AddHours(-10), Now.AddHours(-10).AddMinutes(5));
        await ChangeAsync(id, Now.AddHours(-10).AddMinutes(1), "setting:WsusPool/queueLength", "1000", "30000");
        await ChangeAsync(id, Now.AddHours(-8), "setting:WsusPool/queueLength", "30000", "1000");
        await ActAsync(id, Now.AddHours(-6).AddSeconds(20), "beat", "service.stop", "WsusService");
        await ChangeAsync(id, Now.AddHours(-6), "service:WsusService", "Running", "Stopped");
        await ChangeAsync(id, Now.AddHours(-6), "service:W3SVC", "Running", "Stopped");
        await ActAsync(id, Now.AddHours(-2).AddMinutes(8), "carla", "sync.stop", "");
        await SyncAsync(id, "stopped", Now.AddHours(-2), SyncResult.Cancelled);
        await SyncAsync(id, "cancelled", Now.AddHours(-4), SyncResult.Cancelled);

        var timeline = (await Timelines.GetAsync(id, Now.AddDays(-1), Now, TimelineQueries.DefaultPoints, TestContext.Current.CancellationToken)).Value!;

        Assert.Equal(["tests", null, "beat", null], timeline.Changes.Select(change => change.By));
        Assert.Equal([null, "carla"], timeline.Syncs.Select(sync => sync.StoppedBy));
        Assert.Equal(["service.stop", "sync.stop"], timeline.Actions.Select(action => action.What));
        var items = TimelineItems.Of(timeline);
        Assert.Contains(items, item => item.What.Contains("carla", StringComparison.Ordinal));
        Assert.Contains(items, item => item.What.Contains("beat", StringComparison.Ordinal) && item.What.Contains("WsusService", StringComparison.Ordinal));
        Assert.Contains(items, item => item.What.EndsWith("not by WsusDashboard", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Timeline_VerbOnAnotherServerRefusedOrLongAgo_IsNobodysDoingHere()
    {
        var (id, other) = (await _database.AddServerAsync("brn"), await _database.AddServerAsync("zrh"));
        await ActAsync(other, Now.AddHours(-6), "beat", "service.stop", "WsusService");
        await ActAsync(id, Now.AddHours(-6), "beat", "service.stop", "WsusService", outcome: "The agent did not answer.");
        await ActAsync(id, Now.AddHours(-7), "beat", "service.stop", "WsusService");
        await ChangeAsync(id, Now.AddHours(-6), "service:WsusService", "Running", "Stopped");

        var timeline = (await Timelines.GetAsync(id, Now.AddDays(-1), Now, 100, TestContext.Current.CancellationToken)).Value!;

        Assert.Null(Assert.Single(timeline.Changes).By);
    }

    [Fact]
    public async Task Changes_SinceYesterday_TellsFailuresRecoveriesSettingsAndRepairs()
    {
        var failing = await _database.AddServerAsync("a-fails");
        var recovered = await _database.AddServerAsync("b-recovers");
        var still = await _database.AddServerAsync("c-still-fails");
        await SyncAsync(failing, "1", Now.AddDays(-3), SyncResult.Succeeded);
        await SyncAsync(failing, "2", Now.AddHours(-5), SyncResult.Failed, "susdb-full");
        await SyncAsync(failing, "3", Now.AddHours(-2), SyncResult.Cancelled);
        await SyncAsync(recovered, "1", Now.AddDays(-2), SyncResult.Failed);
        await SyncAsync(recovered, "2", Now.AddHours(-4), SyncResult.Succeeded);
        await SyncAsync(still, "1", Now.AddDays(-2), SyncResult.Failed);
        await ChangeAsync(failing, Now.AddHours(-6), "setting:WsusPool/queueLength", "30000", "1000");
        await ChangeAsync(failing, Now.AddDays(-6), "setting:WsusPool/queueLength", "1000", "30000");
        await RepairAsync(recovered, "run-1", Now.AddHours(-5), Now.AddHours(-5).AddMinutes(4));

        var changes = await new ChangeQueries(_database, _clock, Caller.OfDashboard).GetAsync(new(), Now.AddDays(-1), TestContext.Current.CancellationToken);

        Assert.Equal((failing, 2), (Assert.Single(changes.NewFailures).ServerId, changes.NewFailures[0].Failures));
        Assert.Equal(recovered, Assert.Single(changes.Recovered).ServerId);
        Assert.Equal(1, changes.StillFailing);
        var drifted = Assert.Single(changes.Drifted);
        Assert.Equal((failing, "WsusPool/queueLength", null), (drifted.ServerId, drifted.Setting, drifted.By));
        Assert.Equal("run-1", Assert.Single(changes.Repairs).RepairId);
        Assert.False(changes.IsNothing);
    }

    [Fact]
    public async Task Changes_UndoAndProblems_AreToldAsWhatTheyAre()
    {
        var (failing, other) = (await _database.AddServerAsync("a-fails"), await _database.AddServerAsync("b-other"));
        await SyncAsync(failing, "1", Now.AddDays(-3), SyncResult.Succeeded);
        await SyncAsync(failing, "2", Now.AddHours(-5), SyncResult.Failed, "susdb-full");
        await RepairAsync(other, "run-1", Now.AddHours(-5), Now.AddHours(-5).AddMinutes(4));
        await RepairAsync(other, "run-2", Now.AddHours(-4), Now.AddHours(-4).AddMinutes(1));
        await _database.WriteAsync(context =>
        {
            context.Repairs.Single(run => run.RepairId == "run-2").UndoOf = "run-1";
            context.Problems.AddRange(Enumerable.Range(1, 5).Select(id => new ProblemEntity { Id = id, CauseId = "x", Title = "x" }));
            Add(1, failing, "susdb-full", ProblemState.Open, Now.AddHours(-5));
            Add(2, other, "client-certificate", ProblemState.Open, Now.AddHours(-3));
            Add(3, other, "pool-stopped", ProblemState.Resolved, Now.AddDays(-9), Now.AddHours(-2));
            Add(4, other, "service-stopped", ProblemState.Open, Now.AddDays(-2));
            Add(5, other, "settings-drift", ProblemState.Suspected, null);

            void Add(long problem, int server, string cause, ProblemState state, DateTimeOffset? openedAt, DateTimeOffset? resolvedAt = null) => context.ProblemServers.Add(new()
            {
                ProblemId = problem,
                ServerId = server,
                CauseId = cause,
                Title = cause,
                State = state,
                OpenedAt = openedAt?.UtcDateTime,
                ResolvedAt = resolvedAt?.UtcDateTime,
            });
        });

        var changes = await new ChangeQueries(_database, _clock, Caller.OfDashboard).GetAsync(new(), Now.AddDays(-1), TestContext.Current.CancellationToken);

        Assert.Equal([("run-2", "run-1"), ("run-1", "")], changes.Repairs.Select(repair => (repair.RepairId, repair.UndoOf)));
        Assert.Equal([(2L, other, Now.AddHours(-3))], changes.NewProblems.Select(problem => (problem.ProblemId, problem.ServerId, problem.At)));
        Assert.Equal([(3L, other, Now.AddHours(-2))], changes.ResolvedProblems.Select(problem => (problem.ProblemId, problem.ServerId, problem.At)));
    }

    [Fact]
    public async Task LastLook_EarlierMoment_ChangesNothing()
    {
        var changes = new ChangeQueries(_database, _clock, Caller.OfDashboard);
        Assert.Null(await changes.GetLastLookAsync("anna", TestContext.Current.CancellationToken));

        await changes.SetLastLookAsync("anna", Now, TestContext.Current.CancellationToken);
        await changes.SetLastLookAsync("anna", Now.AddDays(-1), TestContext.Current.CancellationToken);

        Assert.Equal(Now, await changes.GetLastLookAsync("anna", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task PatchTuesday_AfterTheRelease_SaysWhoHasSyncedSince()
    {
        var tuesday = PatchTuesday.Of(2026, 3);
        var (synced, behind) = (await _database.AddServerAsync("a", server => server.Site = "ZRH"), await _database.AddServerAsync("b", server => server.Site = "ZRH"));
        await SyncAsync(synced, "1", tuesday.ReleasedAt.AddHours(-6), SyncResult.Succeeded);
        await SyncAsync(synced, "2", tuesday.ReleasedAt.AddHours(3), SyncResult.Succeeded);
        await SyncAsync(behind, "1", tuesday.ReleasedAt.AddDays(-5), SyncResult.Succeeded);
        await SyncAsync(behind, "2", tuesday.ReleasedAt.AddHours(4), SyncResult.Failed, "susdb-full");

        var board = await new PatchTuesdayQueries(_database, _clock, Caller.OfDashboard).GetAsync(new(), tuesday, new Dictionary<int, int>(), TestContext.Current.CancellationToken);

        Assert.True(board.IsReleased);
        var site = Assert.Single(board.Sites);
        Assert.Equal(("ZRH", 1, 1), (site.Site, site.Ready, site.Synced));
        Assert.Null(site.CompleteAt);
        Assert.Equal([behind, synced], site.Servers.Select(server => server.ServerId));
        Assert.Equal((1, "Cause susdb-full"), (site.Servers[0].FailedSince, site.Servers[0].CauseTitle));
    }

    [Theory]
    [InlineData(2, null, null)]
    [InlineData(8, null, null)]
    [InlineData(8, 12, 12)]
    public async Task PatchTuesday_BelowAnotherServer_HasItOnceItSyncedAfterThatOneHadIt(int first, int? second, int? expected)
    {
        var tuesday = PatchTuesday.Of(2026, 3);
        var (above, below) = (await _database.AddServerAsync("above", server => server.Site = "ZRH"), await _database.AddServerAsync("below", server => server.Site = "BRN"));
        await SyncAsync(above, "1", tuesday.ReleasedAt.AddHours(10), SyncResult.Succeeded);
        await SyncAsync(below, "1", tuesday.ReleasedAt.AddHours(first), SyncResult.Succeeded);
        if (second is { } hours)
        {
            await SyncAsync(below, "2", tuesday.ReleasedAt.AddHours(hours), SyncResult.Succeeded);
        }

        var board = await new PatchTuesdayQueries(_database, _clock, Caller.OfDashboard).GetAsync(new() { Site = "BRN" }, tuesday, new Dictionary<int, int> { [below] = above }, TestContext.Current.CancellationToken);

        var server = Assert.Single(Assert.Single(board.Sites).Servers);
        Assert.Equal((below, expected is null ? null : tuesday.ReleasedAt.AddHours(expected.Value).AddMinutes(10), expected is null ? "above" : null), (server.ServerId, server.SyncedAt, server.WaitsFor));
    }

    [Fact]
    public async Task Effect_FailuresBeforeAndNoneAfter_Helped()
    {
        var id = await _database.AddServerAsync("brn");
        await RepairAsync(id, "run-1", Now.AddDays(-4), Now.AddDays(-4).AddMinutes(6));
        for (var number = 1; number <= 8; number++)
        {
            await SyncAsync(id, $"before-{number}", Now.AddDays(-4).AddHours(-8 * number), number % 4 == 0 ? SyncResult.Succeeded : SyncResult.Cancelled);
            await SyncAsync(id, $"after-{number}", Now.AddDays(-4).AddHours(8 * number), SyncResult.Succeeded);
        }

        await EventAsync(id, Now.AddDays(-5), WindowsEvents.PrivateMemoryRecycle);
        var effect = await EffectAsync(id);

        Assert.Equal(RepairVerdict.Helped, effect.Verdict);
        Assert.Equal((8, 6, 1), (effect.Before.Syncs, effect.Before.Failed, effect.Before.Recycles));
        Assert.Equal((8, 0, 0), (effect.After.Syncs, effect.After.Failed, effect.After.Recycles));
    }

    [Fact]
    public async Task Effect_OneFailureBeforeAndTwoGoodAfter_IsTooEarlyAndSaysHowManyMore()
    {
        var id = await _database.AddServerAsync("brn");
        await RepairAsync(id, "run-1", Now.AddDays(-2), Now.AddDays(-2).AddMinutes(6));
        await SyncAsync(id, "1", Now.AddDays(-2).AddHours(-2), SyncResult.Failed);
        await SyncAsync(id, "2", Now.AddDays(-1), SyncResult.Succeeded);
        await SyncAsync(id, "3", Now.AddHours(-2), SyncResult.Succeeded);

        var effect = await EffectAsync(id);

        Assert.Equal((null, 17), (effect.Verdict, effect.NeededGood));
    }

    [Fact]
    public async Task Effect_MomentsAfterTheRepair_ShowsTheDayBeforeIt()
    {
        var id = await _database.AddServerAsync("brn");
        await RepairAsync(id, "run-1", Now.AddMinutes(-6), Now.AddSeconds(-2));
        foreach (var hours in new[] { 1, 8, 16, 30 })
        {
            await SyncAsync(id, $"before-{hours}", Now.AddHours(-hours), SyncResult.Cancelled);
        }

        var effect = await EffectAsync(id);

        Assert.Equal((null, 3, 3, 0), (effect.Verdict, effect.Before.Syncs, effect.Before.Failed, effect.After.Syncs));
        Assert.Equal((TimeSpan.FromDays(1), TimeSpan.FromSeconds(2)), (effect.BeforeLength, effect.Length));
    }

    [Fact]
    public async Task Effect_FailuresOfTheNetwork_AreNotCompared()
    {
        var id = await _database.AddServerAsync("brn");
        await RepairAsync(id, "run-1", Now.AddDays(-9).AddHours(-12), Now.AddDays(-9).AddHours(-12).AddMinutes(6));
        for (var number = 1; number <= 6; number++)
        {
            await SyncAsync(id, $"before-{number}", Now.AddDays(-9).AddHours(-12 - number), SyncResult.Failed, FindingIds.ProxyRefused);
            await SyncAsync(id, $"after-{number}", Now.AddDays(-9).AddHours(number), SyncResult.Succeeded);
        }

        var effect = await EffectAsync(id);

        Assert.Equal((null, 6, true), (effect.Verdict, effect.Before.OtherCauses, effect.After.HasPatchTuesday));
    }

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    private TimelineQueries Timelines => new(_database, _database, new DashboardOptions(), _clock, Caller.OfDashboard);

    private async Task<RepairEffect> EffectAsync(int id) =>
        (await new RepairEffectQueries(_database, new DashboardOptions(), _clock, Caller.OfDashboard).GetAsync(id, "run-1", TestContext.Current.CancellationToken))!;

    private Task SyncAsync(int id, string run, DateTimeOffset at, SyncResult result, string? cause = null) => _database.WriteAsync(context => context.SyncRuns.Add(new()
    {
        ServerId = id,
        RunId = run,
        StartedAt = at.UtcDateTime,
        EndedAt = at.AddMinutes(10).UtcDateTime,
        Result = result,
        CauseId = cause,
        CauseTitle = cause is null ? null : $"Cause {cause}",
    }));

    private Task ChangeAsync(int id, DateTimeOffset at, string subject, string from, string to) =>
        _database.WriteAsync(context => context.StateChanges.Add(new() { ServerId = id, At = at.UtcDateTime, Subject = subject, From = from, To = to }));

    private Task EventAsync(int id, DateTimeOffset at, int eventId) => _database.WriteAsync(context => context.ServerEvents.Add(new()
    {
        ServerId = id,
        At = at.UtcDateTime,
        LogName = WindowsEvents.SystemLog,
        RecordId = 1,
        Provider = WindowsEvents.WasProvider,
        EventId = eventId,
        Level = EventLevel.Information,
    }));

    private Task RepairAsync(int id, string run, DateTimeOffset from, DateTimeOffset to) => _database.WriteAsync(context => context.Repairs.Add(new()
    {
        ServerId = id,
        RepairId = run,
        Playbook = "full-repair",
        State = RepairState.Succeeded,
        RequestedBy = "tests",
        StartedAt = from.UtcDateTime,
        EndedAt = to.UtcDateTime,
        Run = "{}",
    }));

    private async Task ActAsync(int id, DateTimeOffset at, string who, string what, string detail, string outcome = "done")
    {
        var clock = new FakeTimeProvider(at);
        await _database.CreateAuditLog(clock).WriteAsync(who, CallerIdentity.Nobody, new() { What = what, ServerId = id, ServerName = "brn", Site = "BRN", Detail = detail, Outcome = outcome });
    }
}

public sealed class HistoryQueryOnSqliteTests() : HistoryQueryTests(DatabaseKind.Sqlite);

public sealed class HistoryQueryOnPostgreSqlTests() : HistoryQueryTests(DatabaseKind.PostgreSql);
