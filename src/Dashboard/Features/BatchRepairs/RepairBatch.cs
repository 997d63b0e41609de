using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Features.BatchRepairs;

/// <summary>A repair of several servers at one moment: planned, shown, confirmed, started a few at a time. For pages and the API.</summary>
public sealed record RepairBatch
{
    /// <summary>Identifies it in the addresses that read, start and cancel it.</summary>
    public required string Id { get; init; }

    /// <summary>Null = for each server the one that cures its leading cause.</summary>
    public string? Playbook { get; init; }

    /// <summary>Null = each server's own.</summary>
    public string? Baseline { get; init; }

    public bool IsStarted { get; init; }

    /// <summary>By site and name.</summary>
    public required IReadOnlyList<RepairBatchServer> Servers { get; init; }

    /// <summary>Servers that a start would repair.</summary>
    public int Startable => Servers.Count(server => server.State == BatchServerState.Planned);

    /// <summary>True while an agent hasn't sent its plan.</summary>
    public bool IsPlanning => Servers.Any(server => server.State == BatchServerState.Planning);

    /// <summary>True once none of its repairs is waiting or running.</summary>
    public bool HasEnded => IsStarted && !Servers.Any(server => server.State is BatchServerState.Waiting or BatchServerState.Running);

    internal CallerIdentity Owner { get; init; } = CallerIdentity.Nobody;

    /// <summary>True while the newest plan is no older than this. One of tomorrow was made before the clock was set back: how old it is nobody knows.</summary>
    internal bool IsPlannedWithin(TimeSpan age, DateTimeOffset now) => Servers.Count > 0 && now - Servers.Max(server => server.Since) is var since && since < age && since > -age;
}

/// <summary>One server of a batch.</summary>
/// <param name="ServerId">Its id.</param>
/// <param name="ServerName">Its name.</param>
/// <param name="Site">Its site.</param>
/// <param name="State">Its progress.</param>
/// <param name="Since">In this state since (UTC).</param>
/// <param name="Playbook">What it is repaired with; null where nothing here cures its cause.</param>
/// <param name="Plan">Null until the agent has answered, or if it never did.</param>
/// <param name="Message">Why it was skipped or failed, and what to do instead, or what it waits for; otherwise empty.</param>
/// <param name="RepairId">Null until its repair has started.</param>
public sealed record RepairBatchServer(int ServerId, string ServerName, string Site, BatchServerState State, DateTimeOffset Since, string? Playbook, Plan? Plan, string Message, string? RepairId);
