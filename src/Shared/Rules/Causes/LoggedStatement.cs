using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Between whom something happened that a statement tells of.</summary>
internal enum StatementRoute
{
    /// <summary>It doesn't say.</summary>
    Unknown = 0,

    /// <summary>From the site to its own WSUS.</summary>
    SiteToWsus = 1,

    /// <summary>From WSUS to its update source.</summary>
    WsusToSource = 2,

    /// <summary>Between the site and the site's database.</summary>
    SiteDatabase = 3,

    /// <summary>The site's maintenance of WSUS: indexing, cleanup. It fails every night where SUSDB is out of reach, and no sync with it.</summary>
    Maintenance = 4,

    /// <summary>A request as HTTP.sys or IIS logged it, whoever asked.</summary>
    WebServer = 5,

    /// <summary>The download of files, or what clients report.</summary>
    Content = 6,
}

/// <summary>Something that a source said about the run.</summary>
/// <param name="Text">As it stands, cut at <see cref="LongestText"/>.</param>
/// <param name="ReadFrom">For a person: "WSUS history", "WCM.log".</param>
/// <param name="At">UTC, where known.</param>
/// <param name="Route">Between whom it happened.</param>
/// <param name="Kind">Whose witness it is.</param>
internal sealed record LoggedStatement(string Text, string ReadFrom, DateTimeOffset? At, StatementRoute Route, EvidenceKind Kind)
{
    /// <summary>So much of an error or a line is looked at: a peer may send anything.</summary>
    internal const int LongestText = 4_000;

    private const string HttpErrors = "HTTPERR";
    private const string WebRequests = "IIS";
    private const string WsusLog = "SoftwareDistribution";

    private FailureSign? _signs;

    /// <summary>What the error says, in whatever language; worked out once.</summary>
    public FailureSign Signs => _signs ??= FailureSigns.Of(Text);

    /// <summary>How much of its weight counts, 0 to 1: what stands in good runs too explains no bad one, and what stands in half of them nothing at all.</summary>
    public double Share { get; init; } = 1;

    /// <summary>It says that something failed, and nothing of what: where it points to is where the cause stands.</summary>
    public bool IsWrapper => Signs is FailureSign.None && StatementPhrases.AreWrapper(Text);

    /// <summary>A line of a log.</summary>
    /// <param name="line">The line.</param>
    /// <param name="hasWsus">WSUS is on the same server.</param>
    public static LoggedStatement Of(LoggedLine line, bool hasWsus)
    {
        var text = Shorten(line.Text);
        var kind = Is(line, LogNames.ConfigurationManager) || Is(line, LogNames.ControlManager) ? EvidenceKind.Configuration
            : Is(line, HttpErrors) || Is(line, WebRequests) ? EvidenceKind.WebServer
            : Is(line, WsusLog) ? EvidenceKind.Wsus
            : EvidenceKind.Site;

        return new LoggedStatement(text, kind is EvidenceKind.WebServer ? line.Log : line.Log + ".log", line.At, RouteOf(text, kind, hasWsus), kind)
        {
            Share = ShareOf(line),
        };
    }

    /// <summary>See <see cref="Share"/>: by the good runs that the line's own log still covers, which reaches back less far than another.</summary>
    public static double ShareOf(LoggedLine line) => line.CoveredGoodRuns > 0 ? Math.Max(0, 1 - (2d * line.GoodRuns / line.CoveredGoodRuns)) : 1;

    /// <summary>The error of a run.</summary>
    public static LoggedStatement Of(SyncRun run, bool hasWsus)
    {
        var text = Shorten(run.ErrorText);
        var kind = run.Source is SyncSource.ConfigMgr ? EvidenceKind.Site : EvidenceKind.Wsus;

        return new LoggedStatement(text, kind is EvidenceKind.Site ? "wsyncmgr.log" : "WSUS history", run.EndedAt, RouteOf(text, kind, hasWsus), kind);
    }

    private static StatementRoute RouteOf(string text, EvidenceKind kind, bool hasWsus) =>
        kind is EvidenceKind.WebServer ? StatementRoute.WebServer
        : StatementPhrases.AreOfMaintenance(text) ? StatementRoute.Maintenance
        : StatementPhrases.AreOfSiteDatabase(text) ? StatementRoute.SiteDatabase
        : StatementPhrases.AreOfSource(text) ? StatementRoute.WsusToSource
        : kind is EvidenceKind.Configuration || StatementPhrases.AreOfOwnWsus(text) || (kind is EvidenceKind.Site && !hasWsus) ? StatementRoute.SiteToWsus
        : StatementPhrases.AreOfContent(text) ? StatementRoute.Content
        : StatementRoute.Unknown;

    private static bool Is(LoggedLine line, string log) => string.Equals(line.Log, log, StringComparison.OrdinalIgnoreCase);

    private static string Shorten(string text) => text.Length > LongestText ? text[..LongestText] : text;
}
