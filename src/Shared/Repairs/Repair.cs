using System.Text.Json.Serialization;

namespace WsusDashboard.Shared.Repairs;

/// <summary>State of a run.</summary>
public enum RepairState
{
    Unknown = 0,
    Running = 1,

    /// <summary>All steps done, and the verification holds.</summary>
    Succeeded = 2,

    /// <summary>A step failed, or the verification says that the trouble is still there.</summary>
    Failed = 3,

    /// <summary>Stopped between two steps because a person asked for it; or never begun, because nobody on the server approved it.</summary>
    Cancelled = 4,

    /// <summary>Nothing was started: the server's own policy lets a person there decide first.</summary>
    WaitingForApproval = 5,

    /// <summary>The new settings stay, but nothing answered before them or since, and a later step failed.</summary>
    NotProven = 6,

    /// <summary>The agent restored the saved settings: with the new ones clients got worse answers than before, or the run could not go on.</summary>
    RolledBack = 7,
}

/// <summary>State of a step of a run.</summary>
public enum StepState
{
    Waiting = 0,
    Running = 1,
    Done = 2,
    Failed = 3,

    /// <summary>Not needed on this server; the message says why.</summary>
    Skipped = 4,

    /// <summary>Not reached: the run failed or was cancelled before.</summary>
    NotRun = 5,
}

/// <summary>A step of a run.</summary>
public sealed record RepairStep
{
    public int Number { get; init; }
    public StepKind Kind { get; init; }
    public required string Title { get; init; }
    public string Target { get; init; } = "";
    public StepState State { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What is going on, or the outcome, in a sentence.</summary>
    public string Message { get; init; } = "";

    /// <summary>What was read back after the step, a line each.</summary>
    public IReadOnlyList<string> ReadBack { get; init; } = [];

    /// <summary>Raw output (iisreset), at most 8 KB.</summary>
    public string Output { get; init; } = "";

    /// <summary>How often the step was entered: more than 1 only where the agent was restarted in its middle.</summary>
    public int Attempts { get; init; }

    public TimeSpan ExpectedDuration { get; init; }

    /// <summary>True for what the agent added to restore the saved settings.</summary>
    public bool IsRollback { get; init; }

    /// <summary>Why the plan passes it over on this server; empty where it is carried out.</summary>
    public string SkipReason { get; init; } = "";
}

/// <summary>What the world looked like after a run.</summary>
public sealed record Verification
{
    /// <summary>Result of the synchronization that the run started.</summary>
    public Syncs.SyncResult SyncResult { get; init; }

    public TimeSpan? SyncDuration { get; init; }

    public string ErrorText { get; init; } = "";

    public long? UpdatesBefore { get; init; }
    public long? UpdatesAfter { get; init; }
    public long? ConfigMgrUpdatesBefore { get; init; }
    public long? ConfigMgrUpdatesAfter { get; init; }

    /// <summary>True only where the synchronization succeeded and updates are there.</summary>
    public bool Succeeded { get; init; }

    /// <summary>One sentence for a person: what is proven, or what is still wrong and why.</summary>
    public string Sentence { get; init; } = "";
}

/// <summary>What a person on the server decides, or decided, about a run.</summary>
/// <param name="Id">What "approve" on the server takes.</param>
/// <param name="AskedAt">UTC.</param>
/// <param name="ExpiresAt">UTC; afterwards it is void.</param>
/// <param name="Decision">For a person; empty while it waits.</param>
public sealed record RepairApproval(string Id, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt, string Decision);

/// <summary>One execution of a plan. The agent's journal holds it; hubs keep a copy.</summary>
public sealed record Repair
{
    public required string Id { get; init; }

    public required string PlanFingerprint { get; init; }

    public required string ComputerName { get; init; }

    public required string Playbook { get; init; }

    public string Baseline { get; init; } = "";

    public string PoolName { get; init; } = "";

    /// <summary>True where its plan included the settings that the server may not bear, because a person asked for them.</summary>
    public bool IncludesRisky { get; init; }

    public RepairState State { get; init; }

    /// <summary>Who asked: a person's name, or "command line".</summary>
    public string RequestedBy { get; init; } = "";

    /// <summary>Reason or ticket, as given.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The ticket that it belongs to; empty where none was given.</summary>
    public string Ticket { get; init; } = "";

    /// <summary>Null where the server's policy needs no approval.</summary>
    public RepairApproval? Approval { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public IReadOnlyList<RepairStep> Steps { get; init; } = [];

    public IReadOnlyList<SettingChange> Changes { get; init; } = [];

    public Verification? Verification { get; init; }

    /// <summary>Null where the run changes no setting.</summary>
    public Trial? Trial { get; init; }

    /// <summary>Null where nobody decided.</summary>
    public KeepDecision? Keep { get; init; }

    public bool CancelRequested { get; init; }

    /// <summary>For an undo: the run whose settings it restores; else empty.</summary>
    public string UndoOf { get; init; } = "";

    /// <summary>The undo of this run, once there is one; else empty.</summary>
    public string UndoneBy { get; init; } = "";

    /// <summary>True where settings were changed, were saved, and no undo ran yet.</summary>
    public bool CanUndo { get; init; }

    /// <summary>Rises with every change of this run.</summary>
    public long Revision { get; init; }

    public bool IsFinal => State is RepairState.Succeeded or RepairState.Failed or RepairState.Cancelled or RepairState.NotProven or RepairState.RolledBack;

    /// <summary>New settings are in force, or may be, and neither a trial nor a person has decided that they stay: where the run cannot go on they are restored.</summary>
    [JsonIgnore]
    public bool IsOnTrial => CanUndo && UndoOf.Length == 0 && Keep is null && Trial is { Verdict: TrialVerdict.Open or TrialVerdict.Worse };

    /// <summary>The saved settings are being restored, or were.</summary>
    [JsonIgnore]
    public bool IsRollingBack => Steps.Any(step => step.IsRollback);

    /// <summary>The step that runs; between two, the one that ended last. Null before the first.</summary>
    [JsonIgnore]
    public RepairStep? CurrentStep => Steps.LastOrDefault(step => step.State is not (StepState.Waiting or StepState.NotRun));

    /// <summary>What came of it, for a person: why the settings were restored, or are, or are not proven; what was proven, or what failed; empty while nothing of this is known.</summary>
    public string Sentence => this switch
    {
        { Trial.Reason: { Length: > 0 } reason, State: RepairState.NotProven } => $"{reason} {Result}".TrimEnd(),
        { Trial.Reason: { Length: > 0 } reason } when State is RepairState.RolledBack || IsRollingBack =>
            string.Join(" ", [reason, .. Steps.Where(step => step is { IsRollback: true, State: StepState.Failed }).Select(step => step.Message)]),
        _ => Result,
    };

    /// <summary>True while it goes on, or waits to begin.</summary>
    public bool IsOpen => State is RepairState.Running or RepairState.WaitingForApproval;

    private string Result => Verification is { Sentence.Length: > 0 } verification ? verification.Sentence
        : Steps.FirstOrDefault(step => step.State == StepState.Failed) is { } failed ? $"{failed.Title}: {failed.Message}"
        : "";
}
