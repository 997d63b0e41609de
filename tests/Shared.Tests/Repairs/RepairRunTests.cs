using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Shared.Tests.Repairs;

public sealed class RepairRunTests
{
    private const string Reason = "Clients got less.";

    [Theory]
    [InlineData(TrialVerdict.Open, false, true)]
    [InlineData(TrialVerdict.Worse, false, true)]
    [InlineData(TrialVerdict.Passed, false, false)]
    [InlineData(TrialVerdict.NotProven, false, false)]
    [InlineData(TrialVerdict.Open, true, false)]
    [InlineData(TrialVerdict.Worse, true, false)]
    public void IsOnTrial_UntilTheTrialOrAPersonDecides(TrialVerdict verdict, bool isKept, bool expected) => Assert.Equal(
        expected,
        (Run(RepairState.Running, verdict) with { Keep = isKept ? new KeepDecision("Ann", "CHG-1", default) : null }).IsOnTrial);

    [Fact]
    public void Sentence_RolledBack_IsTheReasonAndNotTheStepThatFailed() =>
        Assert.Equal(Reason, Run(RepairState.RolledBack, TrialVerdict.Worse, Step(StepKind.TrySettings, StepState.Failed), Step(StepKind.RestoreSettings, StepState.Done, true)).Sentence);

    [Fact]
    public void Sentence_RolledBackAndClientsStillGetLess_SaysBoth() => Assert.Equal(
        $"{Reason} VerifyRollback is Failed.",
        Run(RepairState.RolledBack, TrialVerdict.Worse, Step(StepKind.TrySettings, StepState.Failed), Step(StepKind.RestoreSettings, StepState.Done, true), Step(StepKind.VerifyRollback, StepState.Failed, true)).Sentence);

    [Fact]
    public void Sentence_RollbackFailed_SaysWhatDidNotSucceed() => Assert.Equal(
        $"{Reason} RestoreSettings is Failed.",
        Run(RepairState.Failed, TrialVerdict.Worse, Step(StepKind.TrySettings, StepState.Failed), Step(StepKind.RestoreSettings, StepState.Failed, true)).Sentence);

    [Fact]
    public void Sentence_NotProven_BeginsWithTheReason()
    {
        var run = Run(RepairState.NotProven, TrialVerdict.NotProven, Step(StepKind.ResetIis, StepState.Failed));

        Assert.Equal($"{Reason} A step: ResetIis is Failed.", run.Sentence);
        Assert.Equal($"{Reason} The sync fails.", (run with { Verification = new Verification { Sentence = "The sync fails." } }).Sentence);
    }

    [Fact]
    public void Sentence_WorseButNothingMayBeRestored_IsThatOfTheStep() =>
        Assert.Equal("A step: TrySettings is Failed.", Run(RepairState.Failed, TrialVerdict.Worse, Step(StepKind.TrySettings, StepState.Failed)).Sentence);

    private static Repair Run(RepairState state, TrialVerdict verdict, params IReadOnlyList<RepairStep> steps) => new()
    {
        Id = "1",
        PlanFingerprint = "",
        ComputerName = "BRN-WSUS02",
        Playbook = "full-repair",
        State = state,
        CanUndo = true,
        Trial = new Trial { Verdict = verdict, Reason = Reason },
        Steps = steps,
    };

    private static RepairStep Step(StepKind kind, StepState state, bool isRollback = false) =>
        new() { Kind = kind, Title = "A step", State = state, Message = $"{kind} is {state}.", IsRollback = isRollback };
}
