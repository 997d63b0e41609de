using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Repairs;

/// <summary>How a step ended.</summary>
internal sealed record StepOutcome
{
    /// <summary>Done, Failed or Skipped; NotRun where a person asked to stop while the step only waited.</summary>
    public StepState State { get; init; } = StepState.Done;

    public required string Message { get; init; }

    public IReadOnlyList<string> ReadBack { get; init; } = [];

    /// <summary>Raw output, at most 8 KB.</summary>
    public string Output { get; init; } = "";

    /// <summary>Only from the step that verifies the synchronization.</summary>
    public Verification? Verification { get; init; }

    /// <summary>What restores the saved settings, where this outcome asks for it.</summary>
    public IReadOnlyList<RepairStep> Rollback { get; init; } = [];

    public static StepOutcome Skip(string message) => new() { State = StepState.Skipped, Message = message };

    public static StepOutcome Fail(string message) => new() { State = StepState.Failed, Message = message };
}
