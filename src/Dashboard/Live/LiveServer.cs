using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules;
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

    /// <summary>How WSUS answers this dashboard as a client; null where it does not ask.</summary>
    public Section<ClientState>? Outside { get; init; }

    /// <summary>Null until a snapshot was assessed, or the agent was found not to answer.</summary>
    public Assessment? Assessment { get; init; }

    /// <summary>UTC time since which what it says can't be assessed, or not in time; null while it can.</summary>
    public DateTimeOffset? NotAssessableSince { get; init; }

    public LinkStatus Link { get; init; } = LinkStatus.NotStarted;

    /// <summary>The repair that runs now, or waits for approval; null while none does.</summary>
    public ActiveRepair? ActiveRepair { get; init; }

    /// <summary>UTC, of the server's clock: when the newest known repair ended; null where none is known.</summary>
    public DateTimeOffset? LastRepairEndedAt { get; init; }

    /// <summary>How much of its history is here.</summary>
    public HistoryReading History { get; init; } = HistoryReading.Complete;

    /// <summary>Its problems that are open, being repaired or unproven; the most severe first.</summary>
    public ValueList<ServerProblem> Problems { get; init; } = [];

    /// <summary>Its tags and owner; the fleet puts them there, whoever publishes it.</summary>
    public ServerDescription Description { get; init; } = ServerDescription.None;

    /// <summary>What is going on with it, whatever its health.</summary>
    public ServerCondition Condition => Link.State == LinkState.Quarantined ? ServerCondition.Quarantined
        : NotAssessableSince is not null ? ServerCondition.NotAssessable
        : ActiveRepair is { IsWaiting: false } ? ServerCondition.BeingRepaired
        : History.State == HistoryState.Reading ? ServerCondition.ReadingHistory
        : ServerCondition.Watched;

    /// <summary>A repair is at work, as far as anybody knows: one that does not answer counts as that first.</summary>
    public bool IsBeingRepaired => Condition == ServerCondition.BeingRepaired && Status.Health != Health.Unreachable;

    /// <summary>Healthy, and nothing goes on with it that somebody may want to see.</summary>
    public bool IsQuietlyHealthy => Status.Health == Health.Healthy && ActiveRepair is null && Condition is ServerCondition.Watched or ServerCondition.ReadingHistory;

    /// <summary>UTC time since which its state is what it is shown as; null where that isn't known.</summary>
    public DateTimeOffset? StateSince => Condition == ServerCondition.Quarantined ? Link.Since
        : Condition == ServerCondition.NotAssessable ? NotAssessableSince
        : this is { IsBeingRepaired: true, ActiveRepair: { } repair } ? repair.StartedAt : Status.HealthSince.ToOffset();

    /// <summary>Newest first, at most 40.</summary>
    public IReadOnlyList<SyncRun> RecentSyncs { get; init; } = [];

    /// <summary>What its newest synchronizations say about its update source; the same object while nothing of it is new.</summary>
    public IReadOnlyList<SourceAttempt> SourceAttempts { get; init; } = [];

    /// <summary>Rises with every change of this server.</summary>
    public long Revision { get; init; }

    /// <summary>Which repair helps this server, or what a person does instead; after a restart what the database knew.</summary>
    public RepairOffer Offer => Assessment is { } assessment
        ? RepairOffers.Of(assessment)
        : new(Status.Playbook, Status.CauseId, Status.CauseTitle, Status.IsCauseNamed, Status.Playbook is null ? Status.NextStep : null);

    /// <summary>Progress of the running synchronization, where the server tells it.</summary>
    public SyncProgress? Progress => Snapshot?.Wsus.Value?.Progress;

    /// <summary>A cause is named, a playbook cures it, and nothing stands in the way of starting it.</summary>
    public bool IsCurable => Offer is { IsCauseNamed: true, Playbook: not null } && !IsMonitorOnly && ActiveRepair is null && Status.Health != Health.Unreachable;

    /// <summary>True where the server's own policy lets nothing be changed: a plan can be read, not started.</summary>
    public bool IsMonitorOnly => Snapshot?.Agent.Policy.Mode == PolicyMode.MonitorOnly;

    /// <summary>True where a person would see no difference in its row: the time of the last word makes none.</summary>
    public bool LooksLike(LiveServer other) => ReferenceEquals(this, other) || Look == other.Look;

    private (string, string, ServerStatus, LinkState, bool, SyncProgress?, bool, ActiveRepair?, HistoryState, ValueList<ServerProblem>, DateTimeOffset?, ServerDescription) Look =>
        (Name, Site, Status, Link.State, Link.LastMessageAt is null, Progress, IsMonitorOnly, ActiveRepair, History.State, Problems, NotAssessableSince, Description);
}
