using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>How much of a server's history is here.</summary>
public enum HistoryState
{
    /// <summary>Nothing was ever read from the server.</summary>
    Unknown = 0,

    /// <summary>It is being read: what is not there yet says nothing.</summary>
    Reading = 1,

    /// <summary>All that the agent keeps is here.</summary>
    Complete = 2,
}

/// <summary>What a row of the grid shows of a server: in memory, and as columns of its row in the database that only ingest writes.</summary>
public sealed record ServerStatus
{
    public Health Health { get; init; }

    /// <summary>UTC time since which it is so, on the server; for a healthy one since when nothing is known to be wrong.</summary>
    public DateTime? HealthSince { get; init; }

    /// <summary>The health as it was last known, where the agent does not answer; else the same as <see cref="Health"/>.</summary>
    public Health KnownHealth { get; init; }

    /// <summary>UTC time since which <see cref="KnownHealth"/> was so.</summary>
    public DateTime? KnownHealthSince { get; init; }

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

    /// <summary>How much of its history is here: until it is complete, no list may say that there is nothing.</summary>
    public HistoryState History { get; init; }

    public long? Updates { get; init; }

    /// <summary>Updates that Configuration Manager shows; null where this is no site server.</summary>
    public long? ConfigMgrUpdates { get; init; }

    public string? CauseId { get; init; }

    /// <summary>Title of the leading finding; null where all is well.</summary>
    public string? CauseTitle { get; init; }

    /// <summary>True where the leading finding is a cause that the evidence names.</summary>
    public bool IsCauseNamed { get; init; }

    /// <summary>The playbook that cures the leading cause (see RepairOffers); null where none does.</summary>
    public string? Playbook { get; init; }

    /// <summary>What a person does instead where no playbook helps.</summary>
    public string? NextStep { get; init; }

    /// <summary>All findings, most important first; a column of JSON.</summary>
    public ValueList<FindingSummary> Findings { get; init; } = [];

    /// <summary>At most the last 14 synchronizations, oldest first; a column of JSON.</summary>
    public ValueList<StripCell> Strip { get; init; } = [];

    /// <summary>True where only numbers differ that change all the time and that a restart alone needs: they are stored once a minute, not with every change.</summary>
    public bool IsSameForHistory(ServerStatus other) =>
        this == other || this with { Updates = other.Updates, ConfigMgrUpdates = other.ConfigMgrUpdates, IsSynchronizing = other.IsSynchronizing } == other;
}
