using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Posture;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.Reports;

/// <summary>Which report: its reason, whose servers, which days.</summary>
/// <param name="Kind">Why it is made.</param>
/// <param name="Site">Null = the whole fleet.</param>
/// <param name="Range">Whole days.</param>
internal sealed record ReportScope(ReportKind Kind, string? Site, HistoryRange Range);

/// <summary>All that a report says, as it is kept. Lists hold the most important rows; the counts beside them count all.</summary>
public sealed record ReportContent
{
    public ReportKind Kind { get; init; }

    /// <summary>Null = the whole fleet.</summary>
    public string? Site { get; init; }

    public DateOnly First { get; init; }

    public DateOnly Last { get; init; }

    /// <summary>Whose days they are, for example "Europe/Zurich".</summary>
    public string ZoneId { get; init; } = "";

    public DateTimeOffset MadeAt { get; init; }

    /// <summary>All of it in one sentence.</summary>
    public string Sentence { get; init; } = "";

    /// <summary>Synchronizations that began in the period.</summary>
    public SyncCounts Syncs { get; init; }

    /// <summary>In the period of equal length before it.</summary>
    public SyncCounts SyncsBefore { get; init; }

    /// <summary>By site and name; each server of the scope.</summary>
    public IReadOnlyList<ReportServer> Servers { get; init; } = [];

    /// <summary>Of syncs that did not succeed, most frequent first.</summary>
    public IReadOnlyList<SyncCause> Causes { get; init; } = [];

    public long WithoutKnownCause { get; init; }

    /// <summary>Times without a good sync, longest first, at most ten.</summary>
    public IReadOnlyList<SyncGap> Gaps { get; init; } = [];

    /// <summary>That began in the period, newest first.</summary>
    public IReadOnlyList<ReportRepair> Repairs { get; init; } = [];

    public int RepairCount { get; init; }

    /// <summary>Open when the report was made, the most severe first.</summary>
    public IReadOnlyList<ReportProblem> Problems { get; init; } = [];

    public int OpenProblemCount { get; init; }

    /// <summary>Problems of a server that began in the period.</summary>
    public int ProblemsOpened { get; init; }

    /// <summary>Problems of a server that were resolved in the period.</summary>
    public int ProblemsResolved { get; init; }

    /// <summary>Certificates and support that have ended, or end within 180 days, soonest first.</summary>
    public IReadOnlyList<ReportEnd> Ends { get; init; } = [];

    /// <summary>What people decided about problems and findings in the period, newest first.</summary>
    public IReadOnlyList<ReportDecision> Decisions { get; init; } = [];

    public int DecisionCount { get; init; }

    /// <summary>Who synced after a Patch Tuesday, by site; empty in other reports.</summary>
    public IReadOnlyList<ReportRelease> Releases { get; init; } = [];
}

/// <summary>One server in numbers.</summary>
/// <param name="Succeeded">Syncs of the period that succeeded.</param>
/// <param name="LastGoodSyncAt">UTC, whenever it was; null = never, as far as is known.</param>
/// <param name="Drift">Settings that differ from the baseline; null = not known.</param>
/// <param name="OpenProblems">When the report was made.</param>
public sealed record ReportServer(int Id, string Name, string Site, int Succeeded, int Cancelled, int Failed, DateTimeOffset? LastGoodSyncAt, int? Drift, int OpenProblems, int Repairs);

/// <summary>One repair and what came of it.</summary>
/// <param name="Verdict">Whether it helped; null where that can't be said, or not yet.</param>
/// <param name="Effect">Before and after, in a sentence; empty where nothing can be compared.</param>
public sealed record ReportRepair(string RepairId, int ServerId, string ServerName, string Site, string Playbook, RepairState State, string RequestedBy, DateTimeOffset StartedAt, RepairVerdict? Verdict, string Effect);

/// <summary>An open problem on one server.</summary>
public sealed record ReportProblem(long ProblemId, string ServerName, string Site, string Title, Severity Severity, DateTimeOffset Since);

/// <summary>A day on which support or a certificate ends.</summary>
/// <param name="Name">The product; empty for the certificates of WSUS's site.</param>
/// <param name="DaysLeft">From the day the report was made; negative where it is over.</param>
/// <param name="Notice">Within 180, 90 or 30 days.</param>
/// <param name="Names">The first of the servers that it concerns.</param>
public sealed record ReportEnd(PostureKind Kind, string Name, DateTimeOffset Ends, int DaysLeft, PostureNotice Notice, int Servers, IReadOnlyList<string> Names);

/// <summary>What somebody decided.</summary>
/// <param name="What">Acknowledged, assigned, silenced or accepted.</param>
/// <param name="Until">Null where it has no end.</param>
public sealed record ReportDecision(DateTimeOffset At, string Who, string What, string Subject, string ServerName, DateTimeOffset? Until, string Text);

/// <summary>One site after a Patch Tuesday.</summary>
public sealed record ReportRelease(string Site, int Servers, int Synced, DateTimeOffset? CompleteAt);
