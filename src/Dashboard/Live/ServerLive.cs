using WsusDashboard.Dashboard.Data;
using WsusDashboard.Shared.Remediation;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Live;

/// <summary>All that is known now of one server. Immutable: a change is a new one.</summary>
public sealed record ServerLive
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required string Site { get; init; }

    public required string Address { get; init; }

    /// <summary>Id of the baseline that the server is compared with.</summary>
    public required string Baseline { get; init; }

    /// <summary>What the grid shows, as of the last assessment; after a restart what the database knew.</summary>
    public required ServerStatus Status { get; init; }

    /// <summary>The last known snapshot; null before the first.</summary>
    public Snapshot? Snapshot { get; init; }

    /// <summary>Null until a snapshot was assessed, or the agent was found not to answer.</summary>
    public Assessment? Assessment { get; init; }

    public LinkStatus Link { get; init; } = LinkStatus.NotStarted;

    /// <summary>The repair that runs now; null while none does.</summary>
    public RemediationRun? ActiveRun { get; init; }

    /// <summary>Newest first, at most 40.</summary>
    public IReadOnlyList<SyncRun> RecentSyncs { get; init; } = [];

    /// <summary>Rises with every change of this server.</summary>
    public long Revision { get; init; }
}
