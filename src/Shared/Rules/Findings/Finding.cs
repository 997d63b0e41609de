namespace WsusDashboard.Shared.Rules.Findings;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    Information = 0,
    Warning = 1,
    Critical = 2,
}

/// <summary>Health of a server, worst first when sorted in falling order.</summary>
public enum Health
{
    /// <summary>Nothing was ever read.</summary>
    Unknown = 0,
    Healthy = 1,
    Warning = 2,
    Critical = 3,
    Unreachable = 4,
}

/// <summary>What a rule concludes, with its evidence.</summary>
public sealed record Finding
{
    /// <summary>Stable id of the rule, for example "pool-stopped".</summary>
    public required string Id { get; init; }

    public Severity Severity { get; init; }

    /// <summary>A few words for a grid cell: "Pool stopped".</summary>
    public required string Title { get; init; }

    /// <summary>One or two plain sentences.</summary>
    public required string Explanation { get; init; }

    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>Where the rule's knowledge comes from.</summary>
    public required string Source { get; init; }

    /// <summary>Id of the playbook that helps; null where none does.</summary>
    public string? Playbook { get; init; }

    /// <summary>What a person does next where no playbook helps.</summary>
    public string? NextStep { get; init; }

    /// <summary>True where this finding explains why synchronizations fail; symptoms and drift are false.</summary>
    public bool IsCause { get; init; }

    /// <summary>Higher is shown first among findings of the same severity.</summary>
    public int Weight { get; init; }

    /// <summary>UTC time since which it is so on the server, as the evidence tells: not when somebody looked. Null where nothing tells it.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>UTC time at which the settings were changed that the evidence is older than: what it tells may be over, and what it would ask for is set. Null where the evidence is of the settings in force.</summary>
    public DateTimeOffset? SettingsChangedAt { get; init; }

    /// <summary>What a repair that goes on has to do with it; null where none has. It then gives no advice.</summary>
    public FindingRepair? Repair { get; init; }
}

/// <summary>What a repair has to do with a finding.</summary>
public enum FindingRepairRole
{
    /// <summary>The repair carries out what the finding would advise.</summary>
    Addresses = 0,

    /// <summary>The repair caused it: something is stopped because it is being restarted.</summary>
    Causes = 1,
}

/// <summary>A repair that goes on, as a finding knows it.</summary>
/// <param name="RepairId">The agent's id of the repair.</param>
/// <param name="Role">What it has to do with the finding.</param>
public sealed record FindingRepair(string RepairId, FindingRepairRole Role);

/// <summary>One piece of evidence.</summary>
/// <param name="What">What was looked at: "State of WsusPool".</param>
/// <param name="Value">What was found.</param>
/// <param name="ReadFrom">Where: "IIS", "WSUS history", "System log, WAS 5117".</param>
/// <param name="At">UTC time of the reading, where known.</param>
/// <param name="Speaks">For or against the finding.</param>
public sealed record Evidence(string What, string Value, string ReadFrom, DateTimeOffset? At, EvidenceDirection Speaks = EvidenceDirection.For)
{
    /// <summary>The log line or event itself, as it was read; null where the value is all there is.</summary>
    public string? Raw { get; init; }
}

/// <summary>Whether evidence speaks for or against a finding.</summary>
public enum EvidenceDirection
{
    For = 0,
    Against = 1,
}
