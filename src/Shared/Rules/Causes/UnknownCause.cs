using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Nothing names a cause: says so, with what was looked at, what the error does say, and which log says more.</summary>
internal static class UnknownCause
{
    private const int ShownStatements = 3;

    /// <summary>Errors that no pool gives: they come from the network, a certificate, an account, a disk or a database.</summary>
    private const FailureSign OutsidePool = FailureSign.NameResolution | FailureSign.Untrusted | FailureSign.NoCommonTls | FailureSign.DiskFull | FailureSign.AccessDenied
        | FailureSign.Http401 | FailureSign.Http403 | FailureSign.Http404 | FailureSign.Http407 | FailureSign.Http502 | FailureSign.Database;

    /// <summary>Errors that a pool gives too, unless they are the update source's.</summary>
    private const FailureSign OnTheWay = FailureSign.TimedOut | FailureSign.ConnectionReset | FailureSign.ConnectionRefused | FailureSign.Http500 | FailureSign.Http503;

    public static RankedCause Of(SyncRunAnalysis reading, IReadOnlyList<RankedCause> possible)
    {
        var statements = reading.LoggedStatements.Where(IsOfSync).ToList();
        var telling = statements.FindAll(statement => statement.Signs is not FailureSign.None);
        var wrapper = telling.Count > 0 ? null : statements.Find(statement => statement.IsWrapper);
        var error = statements.Count == 0 ? " WSUS gives no error text."
            : wrapper is not null ? " The error only says that something failed, not what."
            : Describe(telling) is { } words ? $" The error says: {words}." : " The error text is shown unchanged.";
        var hint = possible.Count > 0 ? $" Possible, but without enough evidence: {Wording.List([.. possible.Take(3).Select(cause => cause.Name)])}." : "";
        var drift = reading.File.Question is CauseQuestion.RunFailed && reading.Drift.Count > 0 && !PointsElsewhere(reading)
            ? " The pool's settings differ from the baseline, which may be the cause. A repair will show whether it is, and you can undo it."
            : "";

        return new RankedCause
        {
            Id = FindingIds.UnknownCause,
            Name = "Cause unknown",
            Explanation = "Nothing found on this server points to the cause." + error + hint + drift,
            Confidence = CauseConfidence.Possible,
            Evidence = [EvidenceFinder.Attempt(reading), .. Said(telling), .. Looked(reading)],
            Source = Sources.Product,
            Helps = "There isn't enough evidence to recommend anything.",
            LookNext = LookNext(reading, telling, wrapper),
        };
    }

    /// <summary>The error of the run lies plainly outside the pool, so that trying the pool's repair is no advice.</summary>
    public static bool PointsElsewhere(SyncRunAnalysis reading) =>
        reading.LoggedStatements.Any(statement => statement.Route is StatementRoute.SiteDatabase
            || (IsOfSync(statement) && (statement.Signs & (statement.Route is StatementRoute.WsusToSource ? OutsidePool | OnTheWay : OutsidePool)) != 0));

    private static bool IsOfSync(LoggedStatement statement) =>
        statement.Route is StatementRoute.Unknown or StatementRoute.SiteToWsus or StatementRoute.WsusToSource or StatementRoute.SiteDatabase;

    private static string LookNext(SyncRunAnalysis reading, List<LoggedStatement> telling, LoggedStatement? wrapper)
    {
        if (telling.Find(statement => statement.Signs.HasFlag(FailureSign.TimedOut)) is { } timedOut)
        {
            return timedOut.Route is StatementRoute.SiteToWsus
                ? "The site waits 15 minutes for an answer from WSUS. Check the memory of w3wp.exe and of the server while the next sync runs, and whether SUSDB is maintained (superseded updates declined, reindexed)."
                : reading.HasUpstream
                ? reading.Fill("Check whether {source} syncs itself, and how busy it was at that time.")
                : "One server alone can't tell an outage at Microsoft from a problem in its own network. Check whether servers elsewhere sync now, and whether this one reaches Microsoft Update's addresses. If they all fail, wait.";
        }

        if (wrapper is not null && wrapper.Text.Contains("not configured", StringComparison.OrdinalIgnoreCase))
        {
            return "Read WCM.log on the server's page for the hour before: it says what the site couldn't set up in WSUS.";
        }

        if (wrapper is { Kind: EvidenceKind.Configuration })
        {
            return "Read WCM.log and WSUSCtrl.log on the server's page: the lines before this one say why.";
        }

        if (reading.LoggedStatements.Any(statement => statement.Text.Contains("some of the updates", StringComparison.OrdinalIgnoreCase)))
        {
            return "Read wsyncmgr.log before the end of the sync: the \"Failed to sync update\" lines name each update and why.";
        }

        return reading.File.Snapshot?.ConfigMgr.Status is SectionStatus.NotInstalled
            ? "Read SoftwareDistribution.log in WSUS's LogFiles folder around the time of the failure."
            : "Read wsyncmgr.log and WCM.log on the server's page around the time of the failure.";
    }

    /// <summary>The signs in words; null where there are none.</summary>
    private static string? Describe(List<LoggedStatement> telling)
    {
        var signs = telling.Aggregate(FailureSign.None, (found, statement) => found | statement.Signs);
        var words = Enum.GetValues<FailureSign>().Where(sign => sign is not FailureSign.None && signs.HasFlag(sign)).Select(Describe).OfType<string>().ToList();

        return words.Count > 0 ? Wording.List(words) : null;
    }

    private static string? Describe(FailureSign sign) => sign switch
    {
        FailureSign.NameResolution => "a name couldn't be resolved",
        FailureSign.ConnectionRefused => "a connection was refused",
        FailureSign.ConnectionReset => "a connection was cut",
        FailureSign.TimedOut => "an answer didn't come in time",
        FailureSign.Untrusted => "a certificate isn't trusted",
        FailureSign.NoCommonTls => "there is no TLS version in common",
        FailureSign.DiskFull => "a disk or database is full",
        FailureSign.AccessDenied => "access was denied",
        FailureSign.Http401 => "the account was refused (401)",
        FailureSign.Http403 => "the request isn't allowed (403)",
        FailureSign.Http404 => "nothing exists at the address (404)",
        FailureSign.Http407 => "the proxy wants an account (407)",
        FailureSign.Http500 => "a web service failed (500)",
        FailureSign.Http502 => "a gateway got no valid response (502)",
        FailureSign.Http503 => "a web service isn't available (503)",
        FailureSign.OutOfMemory => "memory ran out",
        FailureSign.Database => "a database answered with an error",
        _ => null,
    };

    private static IEnumerable<Evidence> Said(List<LoggedStatement> telling) =>
        telling.Select(statement => EvidenceFinder.Of(statement, "What was logged", Weight.Hint).Evidence).DistinctBy(evidence => evidence.Value).Take(ShownStatements);

    private static IEnumerable<Evidence> Looked(SyncRunAnalysis reading)
    {
        if (reading.File.Snapshot is not { } snapshot)
        {
            yield break;
        }

        if (reading.Pool is { } pool)
        {
            yield return EvidenceFinder.Pool(reading, $"State of {reading.PoolName}", pool.State.ToString(), -1).Evidence;
        }

        if (snapshot.Events.Status is SectionStatus.Ok || reading.File.Events.Count > 0)
        {
            yield return new Evidence($"Recycles and failures of {reading.PoolName} during the sync", "none", "System log", snapshot.Events.ReadAt, EvidenceDirection.Against);
        }

        if (snapshot.Services is { Status: SectionStatus.Ok, Value: { } services })
        {
            yield return new Evidence("Running services", Wording.List([.. services.Services.Where(service => service.State is ServiceState.Running).Select(service => service.Name)]), "Windows services", snapshot.Services.ReadAt, EvidenceDirection.Against);
        }

        foreach (var installed in EvidenceFinder.InstalledBefore(reading, Weight.Hint))
        {
            yield return installed.Evidence;
        }

        if (reading.File.Lines.Count > 0)
        {
            yield return new Evidence("Log lines around the sync", $"{Wording.Number(reading.File.Lines.Count)} read, none names a cause", "Logs", reading.End, EvidenceDirection.Against);
        }
    }
}
