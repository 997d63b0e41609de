using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Tests.Repairs;

public sealed class RepairPeriodTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_RunThatWaitsOrNeverBegan_IsNone()
    {
        Assert.Null(RepairPeriod.Of(Run(RepairState.WaitingForApproval)));
        Assert.Null(RepairPeriod.Of(Run(RepairState.Cancelled, Step(StepKind.RestartPool, StepState.NotRun))));
    }

    [Fact]
    public void Of_RunningRun_IsOpenFromItsFirstStep()
    {
        var period = RepairPeriod.Of(Run(RepairState.Running, Step(StepKind.SaveSettings, StepState.Done, 1, 2), Step(StepKind.RestartPool, StepState.Running, 3)))!;

        Assert.True(period.IsOpen);
        Assert.Equal((At(1), At(3), null, null), (period.StartedAt, period.InterruptsFrom, period.InterruptsUntil, period.AsksSyncAt));
    }

    [Fact]
    public void Of_EndedRun_InterruptsFromItsFirstRestartToTheEndOfTheLast()
    {
        var period = Ended();

        Assert.False(period.IsOpen);
        Assert.Equal((At(1), At(20), At(2), At(6), At(8)), (period.StartedAt, period.EndedAt, period.InterruptsFrom, period.InterruptsUntil, period.AsksSyncAt));
        Assert.Equal("full-repair", period.Playbook);
    }

    [Fact]
    public void Of_EachKindOfStep_InterruptsOnlyWhereItEndsSomething()
    {
        StepKind[] interrupting = [StepKind.ApplySettings, StepKind.RestartPool, StepKind.ResetIis, StepKind.RestartService, StepKind.RestoreSettings, StepKind.TrySettings];

        Assert.Equal(
            interrupting.Order(),
            Enum.GetValues<StepKind>().Where(kind => RepairPeriod.Of(Run(RepairState.Running, Step(kind, StepState.Running, 1)))!.InterruptsFrom is not null).Order());
    }

    [Fact]
    public void Of_Undo_HasNoPlaybook() => Assert.Equal("", RepairPeriod.Of(Run(RepairState.Running, Step(StepKind.RestoreSettings, StepState.Running, 1)) with { UndoOf = "other" })!.Playbook);

    [Theory]
    [InlineData(-10, -4, SyncResult.Failed, RepairTrace.None)]
    [InlineData(-10, 4, SyncResult.Failed, RepairTrace.Interrupted)]
    [InlineData(-10, 4, SyncResult.Cancelled, RepairTrace.Interrupted)]
    [InlineData(-10, 4, SyncResult.Succeeded, RepairTrace.None)]
    [InlineData(-10, null, SyncResult.Unknown, RepairTrace.Interrupted)]
    [InlineData(-120, null, SyncResult.Unknown, RepairTrace.None)]
    [InlineData(8, 15, SyncResult.Succeeded, RepairTrace.Started)]
    [InlineData(9, 15, SyncResult.Failed, RepairTrace.Started)]
    [InlineData(9, null, SyncResult.Running, RepairTrace.Started)]
    [InlineData(30, 40, SyncResult.Failed, RepairTrace.None)]
    public void TraceOf_SyncAroundARepair_TellsWhatItHasToDoWithIt(int startedAt, int? endedAt, SyncResult result, RepairTrace expected) =>
        Assert.Equal(expected, Ended().TraceOf(Sync(startedAt, endedAt, result)));

    [Theory]
    [InlineData(RepairTrace.None, SyncResult.Failed, true)]
    [InlineData(RepairTrace.Interrupted, SyncResult.Cancelled, false)]
    [InlineData(RepairTrace.Started, SyncResult.Failed, false)]
    [InlineData(RepairTrace.Started, SyncResult.Cancelled, false)]
    [InlineData(RepairTrace.Started, SyncResult.Succeeded, true)]
    [InlineData(RepairTrace.Started, SyncResult.Running, true)]
    public void Counts_TraceAndResult_OnlyWhatSaysSomethingOfTheServer(RepairTrace trace, SyncResult result, bool expected) =>
        Assert.Equal(expected, RepairPeriods.Counts(trace, result));

    [Fact]
    public void FindBehind_SeveralRepairs_NamesTheOneThatDidIt()
    {
        var later = Ended() with { RepairId = "later", StartedAt = At(60), EndedAt = At(80), InterruptsFrom = At(62), InterruptsUntil = At(66), AsksSyncAt = At(68) };

        var behind = new[] { Ended(), later }.FindBehind(Sync(50, 64, SyncResult.Failed));

        Assert.Equal(("later", RepairTrace.Interrupted), (behind!.Value.Repair.RepairId, behind.Value.Trace));
        Assert.Null(new[] { Ended(), later }.FindBehind(Sync(-60, -50, SyncResult.Failed)));
    }

    private static DateTimeOffset At(int minute) => Start.AddMinutes(minute);

    private static RepairPeriod Ended() => RepairPeriod.Of(Run(
        RepairState.Succeeded,
        Step(StepKind.SaveSettings, StepState.Done, 1, 2),
        Step(StepKind.RestartPool, StepState.Done, 2, 4),
        Step(StepKind.RestartService, StepState.Done, 4, 6),
        Step(StepKind.StartServiceIfStopped, StepState.Skipped),
        Step(StepKind.StartSync, StepState.Done, 8, 9),
        Step(StepKind.VerifySync, StepState.Done, 9, 20)) with
    {
        EndedAt = At(20),
    })!;

    private static Repair Run(RepairState state, params RepairStep[] steps) => new()
    {
        Id = "run",
        PlanFingerprint = "f",
        ComputerName = "c",
        Playbook = "full-repair",
        State = state,
        RequestedBy = "tests",
        StartedAt = Start,
        Steps = steps,
    };

    private static RepairStep Step(StepKind kind, StepState state, int? from = null, int? to = null) => new()
    {
        Kind = kind,
        Title = kind.ToString(),
        State = state,
        StartedAt = from is { } began ? At(began) : null,
        EndedAt = to is { } ended ? At(ended) : null,
    };

    private static SyncRun Sync(int startedAt, int? endedAt, SyncResult result) => new()
    {
        Id = "sync",
        Source = SyncSource.Wsus,
        StartedAt = At(startedAt),
        EndedAt = endedAt is { } minute ? At(minute) : null,
        Result = result,
    };
}
