using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>What a row of the grid shows of a server: in memory, and as columns of its row in the database that only ingest writes.</summary>
public sealed record ServerStatus
{
    public Health Health { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? HealthSince { get; init; }

    /// <summary>Health in one sentence.</summary>
    public string Sentence { get; init; } = "";

    public PoolState PoolState { get; init; }

    /// <summary>The pool that serves WSUS; null where there is none, or it is not known.</summary>
    public string? PoolName { get; init; }

    /// <summary>Settings that differ from the server's baseline; null where the pool was never read.</summary>
    public int? DriftCount { get; init; }

    /// <summary>Result of the newest ended synchronization; null where there is none.</summary>
    public SyncResult? LastSyncResult { get; init; }

    /// <summary>UTC end (else start) of the newest ended synchronization.</summary>
    public DateTime? LastSyncAt { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? LastGoodSyncAt { get; init; }

    public bool IsSynchronizing { get; init; }

    public long? Updates { get; init; }

    /// <summary>Updates that Configuration Manager shows; null where this is no site server.</summary>
    public long? ConfigMgrUpdates { get; init; }

    public string? CauseId { get; init; }

    /// <summary>Title of the leading finding; null where all is well.</summary>
    public string? CauseTitle { get; init; }

    /// <summary>The playbook that helps; null where none does.</summary>
    public string? Playbook { get; init; }

    /// <summary>What a person does next where no playbook helps.</summary>
    public string? NextStep { get; init; }

    /// <summary>All findings, most important first; a column of JSON.</summary>
    public ValueList<FindingSummary> Findings { get; init; } = [];

    /// <summary>At most the last 14 synchronizations, oldest first; a column of JSON.</summary>
    public ValueList<StripCell> Strip { get; init; } = [];

    /// <summary>True where only numbers differ that change all the time and that a restart alone needs: they are stored once a minute, not with every change.</summary>
    public bool IsSameForHistory(ServerStatus other) =>
        this == other || this with { Updates = other.Updates, ConfigMgrUpdates = other.ConfigMgrUpdates, IsSynchronizing = other.IsSynchronizing } == other;
}
