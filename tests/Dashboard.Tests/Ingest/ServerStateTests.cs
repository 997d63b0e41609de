using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Ingest;

public sealed class ServerStateTests
{
    [Fact]
    public void Assess_AfterWeeksOfFailures_StillKnowsTheLastGoodSynchronization()
    {
        var state = new ServerState(new(1, "a", "", "", BaselineCatalog.Guide), new(), [], [], null, null);
        var good = Samples.Sync("good", Clock.Start, SyncResult.Succeeded);
        state.Take(good, isFresh: false);

        for (var failure = 1; failure <= 100; failure++)
        {
            state.Take(Samples.Sync($"bad-{failure}", Clock.Start.AddHours(8 * failure), SyncResult.Cancelled), isFresh: false);
        }

        var live = state.Assess(Clock.Start.AddDays(40)).Live;
        Assert.Equal(good.EndedAt!.Value.UtcDateTime, live.Status.LastGoodSyncAt);
        Assert.Equal(SyncResult.Cancelled, live.Status.LastSyncResult);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Assess_ImportsIntoTheSiteThatFailForWeeks_NeverCountTheHalfOfWsusAsGood(bool areLoaded)
    {
        List<SyncRun> runs = [];
        for (var attempt = 0; attempt < 51; attempt++)
        {
            var at = Clock.Start.AddHours(8 * attempt);
            runs.Add(Samples.Sync($"mecm-{attempt}", at, SyncResult.Failed, SyncSource.ConfigMgr, minutes: 13));
            runs.Add(Samples.Sync($"wsus-{attempt}", at.AddSeconds(2), SyncResult.Succeeded));
        }

        // An odd count of newer runs puts the edge of what is kept between the two halves of a pair.
        runs.Add(Samples.Sync("mecm-alone", Clock.Start.AddHours(8 * 51), SyncResult.Failed, SyncSource.ConfigMgr));
        var state = new ServerState(new(1, "a", "", "", BaselineCatalog.Guide), new(), areLoaded ? runs : [], [], null, null);
        foreach (var run in areLoaded ? [] : runs)
        {
            state.Take(run, isFresh: false);
        }

        Assert.Null(state.Assess(Clock.Start.AddDays(40)).Live.Status.LastGoodSyncAt);
    }

    [Fact]
    public void Assess_EvidenceOfARunThatEndedWhileNobodyWatched_TellsItsCause()
    {
        var state = new ServerState(new(1, "a", "", "", BaselineCatalog.Guide), new(), [], [], null, null);
        state.Take(Samples.Sync("wsus-1", Clock.Start, SyncResult.Failed), isFresh: false);
        Assert.Empty(state.Assess(Clock.Start.AddDays(3)).Causes);

        state.Take(new RunEvidence { RunId = "wsus-1", Lines = [new LoggedLine("WCM", Clock.Start.AddMinutes(9), "The request failed with HTTP status 407")] });

        var cause = Assert.Single(state.Assess(Clock.Start.AddDays(3)).Causes);
        Assert.Equal(("wsus-1", FindingIds.ProxyRefused), (cause.RunId, cause.CauseId));
        Assert.Empty(state.Assess(Clock.Start.AddDays(3)).Causes);
    }

    [Fact]
    public void Assess_EvidenceWithoutAWordOfACause_SaysThatItIsUnknown()
    {
        var state = new ServerState(new(1, "a", "", "", BaselineCatalog.Guide), new(), [], [], null, null);
        state.Take(Samples.Sync("wsus-1", Clock.Start, SyncResult.Cancelled), isFresh: false);
        state.Take(new RunEvidence { RunId = "wsus-1", Snapshot = Samples.Snapshot(Clock.Start.AddMinutes(11)) });

        Assert.Equal(FindingIds.UnknownCause, Assert.Single(state.Assess(Clock.Start.AddDays(3)).Causes).CauseId);
    }

    [Fact]
    public void Assess_RequestToStopDuringTheRun_IsTheCauseAndNotThePool()
    {
        var state = new ServerState(new(1, "a", "", "", BaselineCatalog.Guide), new(), [], [], null, null);
        var run = Samples.Sync("wsus-1", Clock.Start, SyncResult.Cancelled);
        state.Take(run, isFresh: true);
        state.Take(new RecentChange(run.EndedAt!.Value.AddSeconds(-20), new StateChange(StateSubjects.WsusSync, "Normal", "CancelRequested", "")));

        Assert.Equal(FindingIds.StoppedByPerson, Assert.Single(state.Assess(run.EndedAt.Value.AddMinutes(1)).Causes).CauseId);
    }

    [Theory]
    [InlineData(PoolState.Started, Health.Warning, 0)]
    [InlineData(PoolState.Stopped, Health.Critical, -5)]
    public void Assess_LostContactAndARestartInBetween_SinceStaysWhatItWas(PoolState pool, Health health, int sinceHours)
    {
        // The settings have drifted, which nothing dates; that the pool is stopped is dated by the server.
        var identity = new ServerIdentity(1, "a", "", "", BaselineCatalog.Guide);
        var state = new ServerState(identity, new(), [], [], null, null);
        See(state, Clock.Start);
        AssertHealth(state, Clock.Start);

        state.SetLink(new(LinkState.Down, Clock.Start.AddMinutes(1), "refused", 3, null));
        var lost = state.Assess(Clock.Start.AddMinutes(10)).Live.Status;
        Assert.Equal((Health.Unreachable, Clock.Start.UtcDateTime), (lost.Health, lost.HealthSince));

        var restarted = new ServerState(identity, state.CurrentStatus, [], [], null, null);
        See(restarted, Clock.Start.AddHours(1));
        AssertHealth(restarted, Clock.Start.AddHours(1));

        void AssertHealth(ServerState state, DateTimeOffset now)
        {
            var status = state.Assess(now).Live.Status;
            Assert.Equal((health, Clock.Start.AddHours(sinceHours).UtcDateTime), (status.Health, status.HealthSince));
        }

        void See(ServerState state, DateTimeOffset now)
        {
            var snapshot = Samples.Snapshot(now, pool: pool);
            var iis = snapshot.Iis.Value!;
            state.SetLink(new(LinkState.Up, now, null, 0, now));
            state.Update(_ => snapshot with { Iis = snapshot.Iis with { Value = iis with { Pools = [.. iis.Pools.Select(read => read with { StateSince = Clock.Start.AddHours(-5) })] } } }, now);
        }
    }

    [Fact]
    public void Assess_ProblemThatBeganEarlier_IsSinceWhenTheServerIsSo()
    {
        var state = new ServerState(new(1, "a", "", "", BaselineCatalog.Guide), new(), [], [], null, null);
        state.SetLink(new(LinkState.Up, Clock.Start, null, 0, Clock.Start));
        state.Update(_ => Samples.Snapshot(Clock.Start), Clock.Start);
        state.SetProblems([new(1, FindingIds.SettingsDrift, "Drift", Severity.Warning, ProblemState.Open, Clock.Start.AddDays(-9), null, false, ProblemKind.Server)]);

        var live = state.Assess(Clock.Start).Live;

        Assert.Equal(Clock.Start.AddDays(-9).UtcDateTime, live.Status.HealthSince);
        Assert.Equal(FindingIds.SettingsDrift, Assert.Single(live.Problems).CauseId);
    }
}
