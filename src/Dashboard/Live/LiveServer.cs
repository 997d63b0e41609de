using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Live;

/// <summary>All that is known now of one server. Immutable: a change is a new one.</summary>
public sealed record LiveServer
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

    /// <summary>The repair that runs now, or waits for approval; null while none does.</summary>
    public ActiveRepair? ActiveRepair { get; init; }

    /// <summary>Newest first, at most 40.</summary>
    public IReadOnlyList<SyncRun> RecentSyncs { get; init; } = [];

    /// <summary>Rises with every change of this server.</summary>
    public long Revision { get; init; }

    /// <summary>Progress of the running synchronization, where the server tells it.</summary>
    public SyncProgress? Progress => Snapshot?.Wsus.Value?.Progress;

    /// <summary>True where the server's own policy lets nothing be changed: a plan can be read, not started.</summary>
    public bool IsMonitorOnly => Snapshot?.Agent.Policy.Mode == PolicyMode.MonitorOnly;

    /// <summary>True where a person would see no difference in its row: the time of the last word makes none.</summary>
    public bool LooksLike(LiveServer other) => ReferenceEquals(this, other) || Look == other.Look;

    private (string, string, ServerStatus, LinkState, bool, SyncProgress?, bool, ActiveRepair?) Look =>
        (Name, Site, Status, Link.State, Link.LastMessageAt is null, Progress, IsMonitorOnly, ActiveRepair);
}
