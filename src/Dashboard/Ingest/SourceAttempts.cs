using System.Globalization;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What the newest synchronizations of a server say about its update source. Pure.</summary>
internal static class SourceAttempts
{
    private const int Most = 16;
    private const int LongestText = 4_000;

    /// <summary>What an answer that doesn't come, or a broken service, looks like from here. A refusal (401, 403, 407) is the business of whoever asks.</summary>
    private const FailureSign OfTheSource = FailureSign.NameResolution | FailureSign.ConnectionRefused | FailureSign.ConnectionReset | FailureSign.TimedOut | FailureSign.Untrusted | FailureSign.NoCommonTls
        | FailureSign.Unreachable | FailureSign.SecureChannel | FailureSign.Http500 | FailureSign.Http502 | FailureSign.Http503 | FailureSign.Http504;

    private static readonly TimeSpan LineMargin = TimeSpan.FromMinutes(10);

    /// <summary>Logs that tell of the way from WSUS to its source.</summary>
    private static readonly string[] Logs = ["SoftwareDistribution", LogNames.SyncManager];

    /// <summary>Words of the way from a site to its own WSUS.</summary>
    private static readonly string[] OwnWsus = ["AdminProxy", "CreateUpdateServer", "ApiRemoting30"];

    /// <param name="identity">The server.</param>
    /// <param name="snapshot">As it was last read; without WSUS there is nothing to say.</param>
    /// <param name="recentSyncs">Newest first.</param>
    /// <param name="linesOf">The log lines that the agent kept of a run.</param>
    public static IReadOnlyList<SourceAttempt> Of(ServerIdentity identity, Snapshot? snapshot, IEnumerable<SyncRun> recentSyncs, Func<string, IEnumerable<LoggedLine>> linesOf)
    {
        if (snapshot?.Wsus.Value is not { Source.Length: > 0 } wsus)
        {
            return [];
        }

        return
        [
            .. recentSyncs.Where(run => run is { EndedAt: not null, Result: SyncResult.Succeeded or SyncResult.Failed or SyncResult.Cancelled })
                .Take(Most)
                .Select(run => new SourceAttempt(identity.Id, identity.Site, wsus.UsesProxy ? wsus.ProxyName : "", wsus.Source, run.EndedAt!.Value, run.Result) { Signs = run.Result is SyncResult.Succeeded ? [] : SignsOf(run, linesOf(run.Id)) })
                .Where(attempt => attempt.Result is SyncResult.Succeeded || attempt.Signs.Count > 0),
        ];
    }

    private static IReadOnlyList<string> SignsOf(SyncRun run, IEnumerable<LoggedLine> lines)
    {
        // An error's number is written as its log would write it, and read like any text.
        var number = run.ErrorCode is 0 or (> 0 and < 1000) ? "" : string.Create(CultureInfo.InvariantCulture, $"0x{unchecked((uint)run.ErrorCode):X8}");
        var found = lines.Where(line => IsOfTheRun(line, run)).Select(line => line.Text).Append(run.ErrorText).Append(number)
            .Where(text => text.Length > 0 && !OwnWsus.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .Aggregate(FailureSign.None, (signs, text) => signs | FailureSigns.Of(text.Length > LongestText ? text[..LongestText] : text)) & OfTheSource;
        return [.. Enum.GetValues<FailureSign>().Where(sign => sign != FailureSign.None && found.HasFlag(sign)).Select(sign => sign.ToString())];
    }

    /// <summary>What stands in good runs too explains no bad one.</summary>
    private static bool IsOfTheRun(LoggedLine line, SyncRun run) =>
        line.GoodRuns == 0 && Logs.Contains(line.Log, StringComparer.OrdinalIgnoreCase) && (line.At is not { } at || (at >= run.StartedAt - LineMargin && at <= run.EndedAt + LineMargin));
}
