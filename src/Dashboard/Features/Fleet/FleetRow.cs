using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Remediation;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>One server as a row of the grid shows it.</summary>
public sealed record FleetRow
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required string Site { get; init; }

    public Health Health { get; init; }

    /// <summary>UTC time since which the health is this one.</summary>
    public DateTimeOffset? HealthSince { get; init; }

    /// <summary>Health in one sentence.</summary>
    public string Sentence { get; init; } = "";

    public PoolState PoolState { get; init; }

    /// <summary>The pool that serves WSUS; null where there is none, or it is not known.</summary>
    public string? PoolName { get; init; }

    /// <summary>Settings that differ from the server's baseline; null where the pool was never read.</summary>
    public int? DriftCount { get; init; }

    /// <summary>Result of the newest ended synchronization; null where there is none.</summary>
    public SyncResult? LastSyncResult { get; init; }

    /// <summary>UTC end (else start) of that synchronization.</summary>
    public DateTimeOffset? LastSyncAt { get; init; }

    public DateTimeOffset? LastGoodSyncAt { get; init; }

    public bool IsSynchronizing { get; init; }

    /// <summary>Progress of the running synchronization, where the server tells it.</summary>
    public SyncProgress? Progress { get; init; }

    /// <summary>At most the last 14 synchronizations, oldest first.</summary>
    public IReadOnlyList<StripCell> Strip { get; init; } = [];

    /// <summary>Updates that WSUS knows.</summary>
    public long? Updates { get; init; }

    /// <summary>Updates that Configuration Manager shows; null where this is no site server.</summary>
    public long? ConfigMgrUpdates { get; init; }

    public string? CauseId { get; init; }

    /// <summary>Title of the leading finding; null where all is well.</summary>
    public string? CauseTitle { get; init; }

    /// <summary>All findings, most important first.</summary>
    public IReadOnlyList<FindingSummary> Findings { get; init; } = [];

    public IEnumerable<string> FindingIds => Findings.Select(finding => finding.Id);

    /// <summary>The playbook that helps; null where none does.</summary>
    public string? Playbook { get; init; }

    /// <summary>What a person does next where no playbook helps.</summary>
    public string? NextStep { get; init; }

    /// <summary>True where the server's own policy lets nothing be changed: a plan can be read, not started.</summary>
    public bool IsMonitorOnly { get; init; }

    public LinkStatus Link { get; init; } = LinkStatus.NotStarted;

    /// <summary>UTC time of the agent's last word: the age of all of this row.</summary>
    public DateTimeOffset? StatusReadAt { get; init; }

    /// <summary>The repair that runs now; null while none does.</summary>
    public ActiveRun? ActiveRun { get; init; }
}

/// <summary>One synchronization in the strip.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="Duration">Null where no end is recorded.</param>
/// <param name="ErrorText">The reason as its source gives it; empty where there is none.</param>
public sealed record StripCell(SyncResult Result, DateTimeOffset StartedAt, TimeSpan? Duration, string ErrorText);

/// <summary>A finding, short.</summary>
public sealed record FindingSummary(string Id, Severity Severity, string Title);

/// <summary>A repair that goes on, short.</summary>
/// <param name="ServerId">Its server.</param>
/// <param name="ServerName">Its server's name.</param>
/// <param name="RunId">The agent's id of the run.</param>
/// <param name="Playbook">Id of the playbook.</param>
/// <param name="StepNumber">The step that runs, from 1.</param>
/// <param name="StepCount">Steps in all.</param>
/// <param name="StepTitle">Title of the step that runs.</param>
/// <param name="StartedAt">UTC.</param>
public sealed record ActiveRun(int ServerId, string ServerName, string RunId, string Playbook, int StepNumber, int StepCount, string StepTitle, DateTimeOffset StartedAt)
{
    /// <summary>True where nothing of it has begun: a person on the server approves it first.</summary>
    public bool IsWaiting { get; init; }

    public static ActiveRun From(int serverId, string serverName, RemediationRun run)
    {
        var step = run.Steps.LastOrDefault(candidate => candidate.State is not (StepState.Waiting or StepState.NotRun));
        return new(serverId, serverName, run.Id, run.Playbook, step?.Number ?? 1, run.Steps.Count, run.State == RunState.WaitingForApproval ? "Waits for approval on the server" : step?.Title ?? "", run.StartedAt)
        {
            IsWaiting = run.State == RunState.WaitingForApproval,
        };
    }
}
