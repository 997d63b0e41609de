using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared;

/// <summary>Something that happened on a server and must reach the hub exactly once, even if the hub was away.</summary>
public sealed record AgentEvent
{
    /// <summary>From 1, without gaps, within one sequence epoch.</summary>
    public long Sequence { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>A synchronization that began or ended; the newest event with the same run id counts.</summary>
    public SyncRun? SyncRun { get; init; }

    public StateChange? StateChange { get; init; }

    /// <summary>A repair that changed; the newest event with the same id counts.</summary>
    public Repair? Repair { get; init; }

    /// <summary>An event of Windows that speaks about synchronization: a recycle, a stopped pool.</summary>
    public WindowsEvent? WindowsEvent { get; init; }

    /// <summary>What was found around the end of a synchronization that did not succeed.</summary>
    public RunEvidence? Evidence { get; init; }
}

/// <summary>A state that changed.</summary>
/// <param name="Subject">What: "pool:WsusPool", "service:SMS_EXECUTIVE", "setting:WsusPool/queueLength", "section:wsus".</param>
/// <param name="From">State before; empty where unknown.</param>
/// <param name="To">State after.</param>
/// <param name="Detail">Why, where known.</param>
public sealed record StateChange(string Subject, string From, string To, string Detail);
