using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Data;

/// <summary>What the grid sorts and filters by: columns of a server's row that only ingest writes, and only when they change.</summary>
public sealed record ServerStatus
{
    public Health Health { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? HealthSince { get; init; }

    public string Sentence { get; init; } = "";

    public PoolState PoolState { get; init; }

    public string? PoolName { get; init; }

    public int? DriftCount { get; init; }

    public SyncResult? LastSyncResult { get; init; }

    /// <summary>UTC end (else start) of the newest ended synchronization.</summary>
    public DateTime? LastSyncAt { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? LastGoodSyncAt { get; init; }

    public bool IsSynchronizing { get; init; }

    public long? Updates { get; init; }

    public long? ConfigMgrUpdates { get; init; }

    public string? CauseId { get; init; }

    public string? CauseTitle { get; init; }

    public string? Playbook { get; init; }

    public string? NextStep { get; init; }

    /// <summary>JSON of the findings, short.</summary>
    public string Findings { get; init; } = "[]";

    /// <summary>JSON of the last 14 synchronizations, oldest first.</summary>
    public string Strip { get; init; } = "[]";
}
