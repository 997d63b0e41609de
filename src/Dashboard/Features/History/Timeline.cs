using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>What happened on one server, on one axis of time. Each list is in the order of time.</summary>
public sealed record Timeline
{
    public required int ServerId { get; init; }

    public required string ServerName { get; init; }

    public required string Site { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>UTC, exclusive.</summary>
    public required DateTimeOffset To { get; init; }

    public required IReadOnlyList<TimelineSync> Syncs { get; init; }

    /// <summary>States of pools, services and software update points, settings, findings, health, and whether the agent answers.</summary>
    public required IReadOnlyList<TimelineChange> Changes { get; init; }

    /// <summary>Recycles, stopped pools and other events of Windows.</summary>
    public required IReadOnlyList<TimelineEvent> Events { get; init; }

    public required IReadOnlyList<TimelineRepair> Repairs { get; init; }

    /// <summary>What people did through the dashboard outside a repair: stopped or started a synchronization, a service or a pool.</summary>
    public IReadOnlyList<PersonAction> Actions { get; init; } = [];

    /// <summary>Memory, queue and 503s, at most as many points as were asked for.</summary>
    public required IReadOnlyList<SamplePoint> Samples { get; init; }

    /// <summary>How fine the samples are that the points were made of.</summary>
    public required SampleGrain Grain { get; init; }

    public required IReadOnlyList<PatchTuesday> PatchTuesdays { get; init; }

    /// <summary>True where a list was longer than <see cref="TimelineQueries.MaximumEntries"/>: its oldest entries are not there.</summary>
    public bool IsTruncated { get; init; }
}

/// <summary>One synchronization, as one source saw it.</summary>
/// <param name="IsCounted">False for the second view of one that both sources saw.</param>
public sealed record TimelineSync(string RunId, SyncSource Source, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, SyncResult Result, string? CauseId, string? CauseTitle, bool IsCounted)
{
    /// <summary>Who asked the dashboard to stop it; null = nobody did.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>The repair that started it or cut it off; null = none did.</summary>
    public string? RepairId { get; init; }

    /// <summary>What that repair has to do with it. What a repair breaks is not counted.</summary>
    public RepairTrace RepairTrace { get; init; }

    /// <summary>True where the timeline shows it: it is counted, or a repair broke it.</summary>
    public bool IsShown => IsCounted || (RepairTrace is not RepairTrace.None && Source is SyncSource.Wsus);
}

/// <summary>What kind of state changed.</summary>
public enum ChangeKind
{
    Other = 0,
    Pool = 1,
    Service = 2,
    Setting = 3,
    Finding = 4,
    Health = 5,

    /// <summary>The agent answers, or does not.</summary>
    Agent = 6,

    /// <summary>What Configuration Manager says of a software update point.</summary>
    SoftwareUpdatePoint = 7,

    /// <summary>How an endpoint of WSUS answers on the server itself.</summary>
    Client = 8,

    /// <summary>How it answers the dashboard's computer.</summary>
    Outside = 9,
}

/// <summary>A state that changed.</summary>
/// <param name="Subject">Name without the kind: "WsusPool", "WsusPool/queueLength".</param>
/// <param name="By">Who asked the dashboard for it, by a repair that was running then or by a single verb; null = not this dashboard.</param>
public sealed record TimelineChange(DateTimeOffset At, ChangeKind Kind, string Subject, string From, string To, string Detail, string? By);

/// <summary>What an event of Windows means for synchronization.</summary>
public enum ServerEventKind
{
    Other = 0,

    /// <summary>A worker was recycled because it reached a memory limit.</summary>
    MemoryRecycle = 1,

    /// <summary>A worker was recycled or shut down on schedule or for idleness.</summary>
    PlannedRecycle = 2,

    /// <summary>A worker ended unexpectedly.</summary>
    WorkerDied = 3,

    /// <summary>Rapid-fail protection stopped the pool.</summary>
    PoolDisabled = 4,

    /// <summary>A web service of WSUS does not work.</summary>
    WebServiceFailing = 5,

    /// <summary>A restart of the server was asked for; the message names the account.</summary>
    ServerRestart = 6,
}

/// <summary>An event of Windows.</summary>
public sealed record TimelineEvent(DateTimeOffset At, ServerEventKind Kind, string Provider, int EventId, EventLevel Level, string Message);

/// <summary>A repair.</summary>
public sealed record TimelineRepair(string RepairId, string Playbook, string RequestedBy, string Reason, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, RepairState State, string Sentence, string UndoOf);

/// <summary>Measures of a span. Memory is in kilobytes; null = unknown.</summary>
/// <param name="Length">Of the span.</param>
/// <param name="Samples">Minutes that were measured in it.</param>
/// <param name="Limit">Private memory limit of the pool; 0 = no limit.</param>
/// <param name="Rejected">Requests refused with 503 in the span.</param>
public sealed record SamplePoint(
    DateTimeOffset At,
    TimeSpan Length,
    int Samples,
    long? WorkerMinimum,
    long? WorkerMean,
    long? WorkerMaximum,
    long? Limit,
    long? QueuedMaximum,
    long? Rejected,
    long? Updates,
    long? ConfigMgrUpdates,
    long? AgentMemoryMaximum);
