using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Api;

/// <summary>A server in the API.</summary>
public record ServerJson
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required string Site { get; init; }

    /// <summary>healthy, warning, critical, unreachable (no answer for longer than the grace time), or unknown (added or started moments ago: nothing was read yet).</summary>
    public Health Health { get; init; }

    public DateTimeOffset? HealthSince { get; init; }

    /// <summary>
    /// What is going on with it, whatever its health: watched, readingHistory (what isn't here yet says nothing), beingRepaired (what stops meanwhile is the repair's doing), quarantined (its agent broke the contract: the
    /// link says how and since when), or notAssessable (the state is of before notAssessableSince).
    /// </summary>
    public ServerCondition Condition { get; init; }

    /// <summary>Since when what its agent says can't be assessed; null while it can.</summary>
    public DateTimeOffset? NotAssessableSince { get; init; }

    /// <summary>How much of its history is here.</summary>
    public HistoryReading History { get; init; } = HistoryReading.Unknown;

    /// <summary>Its problems that are open, being repaired or unproven; the most severe first.</summary>
    public IReadOnlyList<ServerProblem> Problems { get; init; } = [];

    /// <summary>Id of the cause that is named for it everywhere; null where all is well.</summary>
    public string? Cause { get; init; }

    /// <summary>By name.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Who looks after it; null where nobody is named.</summary>
    public ServerOwner? Owner { get; init; }

    /// <summary>The health in one sentence.</summary>
    public string Sentence { get; init; } = "";

    /// <summary>The pool that serves WSUS; null where there is none, or it was never read.</summary>
    public PoolJson? Pool { get; init; }

    /// <summary>The newest synchronization that ended; null where there is none.</summary>
    public LastSyncJson? LastSync { get; init; }

    public DateTimeOffset? LastGoodSyncAt { get; init; }

    public bool IsSynchronizing { get; init; }

    public SyncProgress? Progress { get; init; }

    public required UpdatesJson Updates { get; init; }

    /// <summary>Most important first.</summary>
    public IReadOnlyList<FindingSummary> Findings { get; init; } = [];

    /// <summary>The playbook that fixes the leading cause; null where none here does. Where no cause is known, the one that may help.</summary>
    public string? Playbook { get; init; }

    /// <summary>True where a cause is named, a playbook fixes it, and it can be started now: what a batch without servers takes.</summary>
    public bool IsCurable { get; init; }

    /// <summary>What a person does instead where no playbook helps.</summary>
    public string? NextStep { get; init; }

    public required LinkStatus Link { get; init; }

    /// <summary>UTC time of the agent's last word: the age of all of this.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>The repair that goes on now.</summary>
    public ActiveRepair? ActiveRepair { get; init; }

    public static ServerJson From(LiveServer server) => From(server, new ServerJson { Id = server.Id, Name = server.Name, Site = server.Site, Link = server.Link, Updates = UpdatesJson.From(server.Status) });

    internal static T From<T>(LiveServer server, T json)
        where T : ServerJson => (T)(json with
        {
            Health = server.Status.Health,
            HealthSince = server.Status.HealthSince,
            Condition = server.Condition,
            NotAssessableSince = server.NotAssessableSince,
            History = server.History,
            Problems = server.Problems,
            Cause = server.Status.CauseId,
            Tags = server.Description.Tags,
            Owner = server.Description.Owner,
            Sentence = server.Status.Sentence,
            Pool = server.Status.PoolName is not { } pool ? null : new(pool, server.Status.PoolState, server.Status.DriftCount) { Applications = server.Snapshot?.Iis.Value?.WsusPool?.ApplicationCount },
            LastSync = server.Status.LastSyncResult is { } result ? new(result, server.Status.LastSyncAt) : null,
            LastGoodSyncAt = server.Status.LastGoodSyncAt,
            IsSynchronizing = server.Status.IsSynchronizing,
            Progress = server.Progress,
            Findings = server.Status.Findings,
            Playbook = server.Offer.Playbook,
            IsCurable = server.IsCurable,
            NextStep = server.Offer.Instead,
            ReadAt = server.Link.LastMessageAt,
            ActiveRepair = server.ActiveRepair,
        });
}

/// <summary>The pool that serves WSUS.</summary>
/// <param name="Drift">Settings that differ from the server's baseline.</param>
public sealed record PoolJson(string Name, PoolState State, int? Drift)
{
    /// <summary>Applications assigned to it; null until the pool was read.</summary>
    public int? Applications { get; init; }

    /// <summary>As many as the setup of WSUS assigns to it.</summary>
    public int ExpectedApplications => AppPool.ExpectedWsusApplications;
}

/// <summary>The newest synchronization that ended.</summary>
public sealed record LastSyncJson(SyncResult Result, DateTimeOffset? At);

/// <summary>Updates.</summary>
/// <param name="Total">What people look at: the number of Configuration Manager on a site server, else that of WSUS.</param>
/// <param name="Wsus">Updates that WSUS knows.</param>
/// <param name="ConfigMgr">Updates that Configuration Manager shows; null where this is no site server.</param>
public sealed record UpdatesJson(long? Total, long? Wsus, long? ConfigMgr)
{
    public static UpdatesJson From(ServerStatus status) => new(status.ConfigMgrUpdates ?? status.Updates, status.Updates, status.ConfigMgrUpdates);
}
