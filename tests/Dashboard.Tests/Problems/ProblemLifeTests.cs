using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>The life of a problem, look by look.</summary>
public sealed class ProblemLifeTests
{
    private const string Cause = FindingIds.SmsExecutiveStopped;

    private readonly List<ProblemEventKind> _moments = [];
    private DateTimeOffset _now = Clock.Start;
    private ProblemCourse? _course;

    [Fact]
    public void Next_SeenForASecond_IsOnlySuspectedAndLeavesNothing()
    {
        Bad();
        Assert.Equal((ProblemState.Suspected, null), (_course!.State, _course.OpenedAt));

        Pass(seconds: 30);
        Good();

        Assert.Null(_course);
        Assert.Empty(_moments);
    }

    [Fact]
    public void Next_SeenForAMinute_Opens()
    {
        Bad();
        Pass(seconds: 59);
        Bad();
        Assert.Empty(_moments);

        Pass(seconds: 1);
        Bad();

        Assert.Equal([ProblemEventKind.Opened], _moments);
        Assert.Equal((ProblemState.Open, Clock.Start, _now), (_course!.State, _course.Since, _course.OpenedAt));
    }

    [Fact]
    public void Next_SoForLongerOnTheServer_OpensAtOnceAndBeganThen()
    {
        Bad(since: _now.AddDays(-3));

        Assert.Equal([ProblemEventKind.Opened], _moments);
        Assert.Equal((_now.AddDays(-3), _now), (_course!.Since, _course.OpenedAt));
    }

    [Fact]
    public void Next_EvidenceThatTellsLater_DoesNotMoveTheBeginning()
    {
        Bad(since: _now.AddDays(-3));
        Pass(minutes: 5);
        Bad(since: _now);
        Bad();
        Assert.Equal(Clock.Start.AddDays(-3), _course!.Since);

        Bad(since: Clock.Start.AddDays(-4));

        Assert.Equal(Clock.Start.AddDays(-4), _course.Since);
    }

    [Fact]
    public void Next_ClockOfTheServerAhead_BeganNow()
    {
        Bad(since: _now.AddHours(2));

        Assert.Equal((ProblemState.Suspected, _now), (_course!.State, _course.Since));
    }

    [Fact]
    public void Next_TwoGoodReadingsTenMinutesApart_Resolve()
    {
        Open();
        Good();
        var gone = _now;
        Pass(minutes: 9);
        Good();
        Assert.Equal(ProblemState.Open, _course!.State);

        Pass(minutes: 1);
        Good();

        Assert.Equal([ProblemEventKind.Opened, ProblemEventKind.Resolved], _moments);
        Assert.Equal((ProblemState.Resolved, gone, _now), (_course.State, _course.GoneAt, _course.ResolvedAt));
    }

    [Fact]
    public void Next_OneGoodReadingForHours_IsNoSecondOne()
    {
        Open();
        Good();
        var readAt = _now;
        Pass(minutes: 60);
        Look(new() { Now = _now, ReadAt = readAt, IsTold = true });

        Assert.Equal(ProblemState.Open, _course!.State);
    }

    [Fact]
    public void Next_BadBetweenTwoGood_BeginsAgain()
    {
        Open();
        Good();
        Pass(minutes: 6);
        Bad();
        Pass(minutes: 6);
        Good();

        Assert.Equal((ProblemState.Open, _now), (_course!.State, _course.GoodSince));
    }

    [Fact]
    public void Next_LooksThatTellNothing_ChangeNothing()
    {
        Open();
        Good();
        var before = _course;
        Pass(minutes: 60);
        Look(new() { Now = _now, ReadAt = _now, IsTold = false });

        Assert.Equal(before, _course);
    }

    [Fact]
    public void Next_BackWithinSixHours_IsTheSameOneReopened()
    {
        Open(since: _now.AddDays(-2));
        Resolve();
        Pass(minutes: 60 * 5);
        Bad();
        Assert.Equal(ProblemState.Resolved, _course!.State);

        Pass(minutes: 1);
        Bad();

        Assert.Equal([ProblemEventKind.Opened, ProblemEventKind.Resolved, ProblemEventKind.Reopened], _moments);
        Assert.Equal((ProblemState.Open, 1, null, null), (_course.State, _course.ReopeningCount, _course.ResolvedAt, _course.GoneAt));
        Assert.Equal(Clock.Start.AddDays(-2), _course.Since);
    }

    [Fact]
    public void Next_BackForASecondAfterItWasResolved_StaysResolved()
    {
        Open();
        Resolve();
        Bad();
        Pass(seconds: 30);
        Good();
        Pass(seconds: 40);
        Bad();

        Assert.Equal((ProblemState.Resolved, 0), (_course!.State, _course.ReopeningCount));
    }

    [Fact]
    public void IsPast_SixHoursAfterItWasResolved_IsAnotherProblemThen()
    {
        Open();
        Resolve();

        Assert.False(_course!.IsPast(_course.ResolvedAt!.Value.AddHours(6)));
        Assert.True(_course.IsPast(_course.ResolvedAt.Value.AddHours(6).AddSeconds(1)));
    }

    [Fact]
    public void Next_FourthReopeningWithinSixHours_FlapsAndStaysOneProblem()
    {
        Open();
        for (var time = 0; time < 3; time++)
        {
            Resolve();
            Reopen();
        }

        Assert.False(_course!.IsFlapping(_now));
        Assert.DoesNotContain(ProblemEventKind.Flapping, _moments);
        Resolve();
        Reopen();

        Assert.True(_course.IsFlapping(_now));
        Assert.Equal((4, ProblemEventKind.Flapping), (_course.ReopeningCount, _moments[^1]));
        Assert.Equal(4, _moments.Count(moment => moment == ProblemEventKind.Reopened));
    }

    [Fact]
    public void Next_GoodWhileItFlaps_ResolvesOnlyOnceItHasBeenCalmForLong()
    {
        Open();
        for (var time = 0; time < 4; time++)
        {
            Resolve();
            Reopen();
        }

        GoodFor(minutes: 60);
        Assert.Equal((ProblemState.Open, true), (_course!.State, _course.IsCalm));

        // Back once more: it counts, though it was never called resolved.
        Bad();
        Assert.Equal((ProblemState.Open, false, 5), (_course.State, _course.IsCalm, _course.ReopeningCount));
        GoodFor(minutes: 60 * 7);

        Assert.Equal(ProblemState.Resolved, _course.State);
    }

    [Fact]
    public void Next_MoreSevere_IsToldAtOnce_MilderOnlyAfterTenMinutes()
    {
        Open(Severity.Warning);
        Bad(severity: Severity.Critical);
        Assert.Equal([ProblemEventKind.Opened, ProblemEventKind.Worsened], _moments);

        Bad(severity: Severity.Warning);
        Pass(minutes: 9);
        Bad(severity: Severity.Warning);
        Assert.Equal(Severity.Critical, _course!.Severity);
        Bad(severity: Severity.Critical);
        Assert.Equal(2, _moments.Count);

        Bad(severity: Severity.Warning);
        Pass(minutes: 10);
        Bad(severity: Severity.Warning);

        Assert.Equal(Severity.Warning, _course.Severity);
        Assert.Equal(2, _moments.Count);
    }

    [Fact]
    public void Next_RepairThatAddressesIt_WaitsForItsEndAndForAReadingAfterIt()
    {
        Open();
        var startedAt = _now.AddSeconds(-20);
        Repairing("run-1", startedAt);
        Assert.Equal((ProblemState.BeingRepaired, "run-1", startedAt), (_course!.State, _course.RepairId, _course.StateSince));
        Pass(minutes: 20);
        Repairing("run-1", startedAt, isStanding: false);
        Pass(minutes: 20);
        Repairing("run-1", startedAt, isStanding: false);
        Assert.Equal(ProblemState.BeingRepaired, _course.State);

        // The repair is over; the newest reading is of its middle.
        var endedAt = _now.AddSeconds(5);
        Pass(seconds: 10);
        Look(new() { Now = _now, ReadAt = endedAt.AddSeconds(-1), IsTold = true, Standing = Standing(), RepairEndedAt = endedAt });
        Assert.Equal(ProblemState.Unproven, _course.State);
        Assert.Equal([ProblemEventKind.Opened, ProblemEventKind.RepairBegan, ProblemEventKind.RepairEnded], _moments);
        GoodFor(minutes: 11, repairEndedAt: endedAt);

        Assert.Equal(ProblemState.Resolved, _course.State);
        Assert.Equal("run-1", _course.RepairId);
        Assert.DoesNotContain(ProblemEventKind.StillThere, _moments);
    }

    [Fact]
    public void Next_ThereAfterTheRepair_IsOpenAgainAndSaysSo()
    {
        Open();
        Repairing("run-1", _now);
        Pass(minutes: 5);
        Look(new() { Now = _now, ReadAt = _now, IsTold = true, Standing = Standing(), RepairEndedAt = _now.AddSeconds(-10) });

        Assert.Equal(ProblemState.Open, _course!.State);
        Assert.Equal([ProblemEventKind.Opened, ProblemEventKind.RepairBegan, ProblemEventKind.RepairEnded, ProblemEventKind.StillThere], _moments);
    }

    [Fact]
    public void Next_RepairOfSomethingElse_LeavesItOpenAndTakesNothingForGone()
    {
        Open();
        for (var minute = 0; minute < 30; minute++)
        {
            Pass(minutes: 1);
            Look(new() { Now = _now, ReadAt = _now, IsTold = true, RepairId = "run-1", RepairSince = Clock.Start });
        }

        Assert.Equal((ProblemState.Open, null), (_course!.State, _course.GoodSince));
        Assert.Equal([ProblemEventKind.Opened], _moments);
    }

    [Fact]
    public void Next_ProofAwaited_IsNeitherOpenNorResolved()
    {
        Open();
        for (var hour = 0; hour < 5; hour++)
        {
            Pass(minutes: 60);
            Look(new() { Now = _now, ReadAt = _now, IsTold = true, IsAwaited = true });
        }

        Assert.Equal(ProblemState.Unproven, _course!.State);
        Assert.Equal([ProblemEventKind.Opened, ProblemEventKind.Awaited], _moments);

        Bad();
        Assert.Equal((ProblemState.Open, ProblemEventKind.StillThere), (_course.State, _moments[^1]));
    }

    private void Pass(int minutes = 0, int seconds = 0) => _now += new TimeSpan(0, minutes, seconds);

    private void Look(CauseReading reading)
    {
        var step = ProblemLife.Next(_course, 1, reading);
        _course = step.After;
        _moments.AddRange(step.Moments.Select(moment => moment.Kind));
    }

    private void Bad(DateTimeOffset? since = null, Severity severity = Severity.Critical) => Look(new() { Now = _now, ReadAt = _now, IsTold = true, Standing = Standing(since, severity) });

    private void Good(DateTimeOffset? repairEndedAt = null) => Look(new() { Now = _now, ReadAt = _now, IsTold = true, RepairEndedAt = repairEndedAt });

    private void GoodFor(int minutes, DateTimeOffset? repairEndedAt = null)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            Pass(minutes: 1);
            Good(repairEndedAt);
        }
    }

    private void Open(Severity severity = Severity.Critical, DateTimeOffset? since = null) => Bad(since ?? _now.AddHours(-1), severity);

    private void Resolve()
    {
        GoodFor(minutes: 12);
        Assert.Equal(ProblemState.Resolved, _course!.State);
    }

    private void Reopen()
    {
        Pass(minutes: 1);
        Bad();
        Pass(minutes: 1);
        Bad();
        Assert.Equal(ProblemState.Open, _course!.State);
    }

    private void Repairing(string repairId, DateTimeOffset startedAt, bool isStanding = true) => Look(new()
    {
        Now = _now,
        ReadAt = _now,
        IsTold = true,
        Standing = isStanding ? Standing() : null,
        RepairId = repairId,
        RepairSince = startedAt,
        IsAddressed = true,
    });

    private static StandingCause Standing(DateTimeOffset? since = null, Severity severity = Severity.Critical) => new(Cause, "Title", severity, since, "restart-services");
}
