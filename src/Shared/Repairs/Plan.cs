using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Repairs;

/// <summary>What a step does. The list is closed: an agent runs nothing else.</summary>
public enum StepKind
{
    Unknown = 0,

    /// <summary>Write the pool's settings and state, and the services' states, to the journal: what Undo restores.</summary>
    SaveSettings = 1,

    /// <summary>Set the pool's settings to the baseline, in one commit, and read them back.</summary>
    ApplySettings = 2,

    /// <summary>Stop the pool, wait, start it; it must be Started.</summary>
    RestartPool = 3,

    /// <summary>Run iisreset; W3SVC, WAS and the pool must be running again.</summary>
    ResetIis = 4,

    /// <summary>Stop and start a service, dependents included.</summary>
    RestartService = 5,

    /// <summary>Start a service where it is stopped.</summary>
    StartServiceIfStopped = 6,

    /// <summary>A service must be running; nothing is changed.</summary>
    VerifyService = 7,

    /// <summary>Ask WSUS (and Configuration Manager, where this is a site server) for a synchronization.</summary>
    StartSync = 8,

    /// <summary>Wait for that synchronization to end and compare the counts.</summary>
    VerifySync = 9,

    /// <summary>Undo: set the saved settings again.</summary>
    RestoreSettings = 10,

    /// <summary>Ask WSUS as its clients do, until the answers are as good as before the settings were set, or it is clear that they are not.</summary>
    TrySettings = 11,

    /// <summary>Rollback: ask WSUS once more, with the restored settings.</summary>
    VerifyRollback = 12,

    /// <summary>Give a service that is Disabled the startup type it should have; an undo gives it back the one it had.</summary>
    SetStartType = 20,

    /// <summary>Wait until WSUS answers on its port; nothing is changed.</summary>
    VerifyWsus = 21,
}

/// <summary>A step of a plan.</summary>
public sealed record PlanStep
{
    /// <summary>From 1.</summary>
    public int Number { get; init; }

    public StepKind Kind { get; init; }

    /// <summary>For a person, with its object: "Restart SMS_EXECUTIVE".</summary>
    public required string Title { get; init; }

    /// <summary>The pool or service it acts on; empty for the others.</summary>
    public string Target { get; init; } = "";

    /// <summary>One or two sentences: what happens, why, what is read back.</summary>
    public string Detail { get; init; } = "";

    /// <summary>True where the step will be passed over on this server (a service that is not installed); Detail says why.</summary>
    public bool WillBeSkipped { get; init; }

    /// <summary>What stops meanwhile, for a person; empty where nothing does.</summary>
    public string Interrupts { get; init; } = "";

    public TimeSpan ExpectedDuration { get; init; }

    /// <summary>After this time the step is failed.</summary>
    public TimeSpan TimeLimit { get; init; }
}

/// <summary>A setting that a plan changes.</summary>
public sealed record SettingChange
{
    /// <summary>Stable key, for example "queueLength" (see PoolSettingCatalog), or the startup type of a service (see <see cref="ServiceSettings"/>).</summary>
    public required string Setting { get; init; }

    /// <summary>Invariant text of the value now.</summary>
    public required string Before { get; init; }

    /// <summary>Invariant text of the value after.</summary>
    public required string After { get; init; }

    /// <summary>Why the baseline asks for it.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who says so.</summary>
    public string Source { get; init; } = "";
}

/// <summary>Where a plan does not do what the baseline asks for, because this server may not bear it.</summary>
public sealed record SettingDeviation
{
    /// <summary>Stable key of a setting of the pool.</summary>
    public required string Setting { get; init; }

    /// <summary>Invariant text of what the baseline asks for; empty where it says nothing about this setting.</summary>
    public required string Wanted { get; init; }

    /// <summary>Invariant text of the value after the plan: the one in force where the setting is left out.</summary>
    public required string Planned { get; init; }

    /// <summary>Why they differ, for a person.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who says so.</summary>
    public string Source { get; init; } = "";

    /// <summary>True where a person asked for the risky value all the same: it is planned, and the reason says what may happen.</summary>
    public bool IsIncluded { get; init; }
}

/// <summary>A playbook resolved against one server at one moment.</summary>
public sealed record Plan
{
    public required string Id { get; init; }

    public required string ComputerName { get; init; }

    /// <summary>Id of the playbook, for example "full-repair".</summary>
    public required string Playbook { get; init; }

    /// <summary>Id of the baseline, for example "guide"; empty where the playbook changes no setting.</summary>
    public string Baseline { get; init; } = "";

    /// <summary>SHA-256 (hexadecimal) over the playbook, the baseline and the state that the plan was made from; a start names it.</summary>
    public required string Fingerprint { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public string PoolName { get; init; } = "";

    public IReadOnlyList<PlanStep> Steps { get; init; } = [];

    public IReadOnlyList<SettingChange> Changes { get; init; } = [];

    /// <summary>What the baseline asks for and this plan leaves out or replaces; with <see cref="IncludesRisky"/>, what it includes all the same.</summary>
    public IReadOnlyList<SettingDeviation> Deviations { get; init; } = [];

    /// <summary>True where a person asked for the settings that this server may not bear.</summary>
    public bool IncludesRisky { get; init; }

    /// <summary>Risks on this server, for a person, each with its source.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What will be interrupted: sites, services.</summary>
    public IReadOnlyList<string> Interruptions { get; init; } = [];

    /// <summary>Why the local policy or the state refuses this plan; empty where it may be started.</summary>
    public string Refusal { get; init; } = "";

    public TimeSpan ExpectedDuration => TimeSpan.FromTicks(Steps.Where(step => !step.WillBeSkipped).Sum(step => step.ExpectedDuration.Ticks));

    /// <summary>Section "iis" of the snapshot that the plan was made from could be read and holds the pool.</summary>
    public PoolState PoolStateBefore { get; init; }
}
