using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>What changed in the fleet since a point in time. Each list is newest first and has at most <see cref="ChangeQueries.MaximumEntries"/> entries.</summary>
public sealed record ChangesSince
{
    /// <summary>UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>UTC: when this was read.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Servers that synced successfully (or had never synced) before, and fail now.</summary>
    public required IReadOnlyList<FailingServer> NewFailures { get; init; }

    /// <summary>Servers that failed before and sync successfully now.</summary>
    public required IReadOnlyList<RecoveredServer> Recovered { get; init; }

    /// <summary>Settings of pools that changed.</summary>
    public required IReadOnlyList<DriftedSetting> Drifted { get; init; }

    /// <summary>Repairs that ended.</summary>
    public required IReadOnlyList<EndedRepair> Repairs { get; init; }

    /// <summary>Problems that began and are still there: what isn't a failed synchronization, too.</summary>
    public required IReadOnlyList<ChangedProblem> NewProblems { get; init; }

    /// <summary>Problems that were resolved.</summary>
    public required IReadOnlyList<ChangedProblem> ResolvedProblems { get; init; }

    /// <summary>Agents that stopped answering and still don't.</summary>
    public required IReadOnlyList<SilentServer> Silent { get; init; }

    /// <summary>Servers that failed before and still do.</summary>
    public required int StillFailing { get; init; }

    public bool IsNothing => NewFailures.Count + Recovered.Count + Drifted.Count + Repairs.Count + NewProblems.Count + ResolvedProblems.Count + Silent.Count == 0;
}

/// <summary>A server whose synchronizations began to fail.</summary>
/// <param name="At">UTC end of the first failure.</param>
/// <param name="Failures">Failures in a row since then.</param>
/// <param name="LastGoodAt">UTC; null = none is known.</param>
public sealed record FailingServer(int ServerId, string ServerName, string Site, DateTimeOffset At, int Failures, DateTimeOffset? LastGoodAt, string? CauseId, string? CauseTitle);

/// <summary>A server that synchronizes again.</summary>
/// <param name="At">UTC end of the first good one.</param>
/// <param name="FailedSince">UTC; null = since before what was read.</param>
public sealed record RecoveredServer(int ServerId, string ServerName, string Site, DateTimeOffset At, DateTimeOffset? FailedSince);

/// <summary>A setting of a pool that changed.</summary>
/// <param name="By">Who asked for the repair that changed it; null = not a repair of this dashboard.</param>
public sealed record DriftedSetting(int ServerId, string ServerName, string Site, DateTimeOffset At, string Setting, string From, string To, string? By);

/// <summary>A repair that ended.</summary>
public sealed record EndedRepair(int ServerId, string ServerName, string Site, string RepairId, string Playbook, string RequestedBy, DateTimeOffset EndedAt, RepairState State, string Sentence)
{
    /// <summary>For an undo: the repair whose settings it restored; else empty.</summary>
    public string UndoOf { get; init; } = "";
}

/// <summary>A problem of one server that began, or was resolved.</summary>
/// <param name="ProblemId">Other servers may have the same one.</param>
/// <param name="At">UTC; when it became a problem here, or was resolved.</param>
public sealed record ChangedProblem(int ServerId, string ServerName, string Site, long ProblemId, string CauseId, string Title, Severity Severity, DateTimeOffset At);

/// <summary>A server whose agent does not answer.</summary>
public sealed record SilentServer(int ServerId, string ServerName, string Site, DateTimeOffset Since);

/// <summary>The board of one Patch Tuesday.</summary>
public sealed record PatchTuesdayBoard
{
    public required PatchTuesday Tuesday { get; init; }

    /// <summary>UTC end of what is counted: now, or the next release.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>False before the release: then the question is who is ready.</summary>
    public required bool IsReleased { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyList<PatchTuesdaySite> Sites { get; init; }
}

/// <summary>One site of the board.</summary>
/// <param name="Ready">Servers whose last synchronization before the release was good and not older than two days; before the release also: that are healthy.</param>
/// <param name="Synced">Servers that have the release's updates.</param>
/// <param name="FirstAt">UTC end of the first of these.</param>
/// <param name="CompleteAt">UTC end of the last of them, once all servers have one.</param>
/// <param name="Servers">Those that need a person first, then by name.</param>
public sealed record PatchTuesdaySite(string Site, int Ready, int Synced, DateTimeOffset? FirstAt, DateTimeOffset? CompleteAt, IReadOnlyList<PatchTuesdayServer> Servers);

/// <summary>One server of the board.</summary>
/// <param name="LastGoodAt">UTC end of the last good synchronization before the release; null = none in the two months before.</param>
/// <param name="SyncedAt">UTC; since when it has the release's updates: end of the first good synchronization that began after the release, and, below another watched server, after that one had them.</param>
/// <param name="FailedSince">Synchronizations after the release that failed or were cancelled before a good one came.</param>
/// <param name="CauseTitle">What every page names for the server now, where the newest of these has not been made good; null = not known.</param>
/// <param name="Health">Now.</param>
/// <param name="IsReadingHistory">True while its history is being read: a synchronization that is not known here may have been.</param>
public sealed record PatchTuesdayServer(int ServerId, string ServerName, bool IsReady, DateTimeOffset? LastGoodAt, DateTimeOffset? SyncedAt, int FailedSince, string? CauseTitle, Health Health, string Sentence, bool IsReadingHistory = false)
{
    /// <summary>The server above it, where it has synchronized since the release, but not since that one had the updates; null otherwise.</summary>
    public string? WaitsFor { get; init; }
}
