using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>The fragments of wsyncmgr.log that mean something (configmgr.md, 5b). The word "canceled" alone means nothing: the line of a success contains it.</summary>
internal static partial class SyncLogMarkers
{
    public const int Started = 6701;
    public const int Succeeded = 6702;
    public const int Failed = 6703;

    /// <summary>
    /// False where a line cannot be one of those below. It looks at the first bytes only: most lines of a real log name a single update ("Synchronizing update …"), and are passed over for
    /// the price of a comparison.
    /// </summary>
    public static bool MayMatter(ReadOnlySpan<byte> text)
    {
        foreach (var beginning in Beginnings)
        {
            if (text.Length >= beginning.Length && (text[0] | LowerCase) == (beginning[0] | LowerCase) && Ascii.EqualsIgnoreCase(text[..beginning.Length], beginning))
            {
                return true;
            }
        }

        return false;
    }

    private const int LowerCase = 0x20;

    private static readonly byte[][] Beginnings =
    [
        .. new[] { "sync:", "sync ", "sync\t", "synchronization ", "the sync", "Starting Sync", "STATMSG", "Performing sync", "Found local sync", "Found parent sync", "Wakeup for", "Updated ", "SMS_EXECUTIVE signalled", "SMS_WSUS_SYNC_MANAGER received" }
            .Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>Number of a status message; 0 where the line is none.</summary>
    public static int StatusMessage(string text) =>
        StatusMessagePattern().Match(text) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    /// <summary>The time of a status message, which the log gives in UTC ("GMTDATE=Thu Jan 16 18:57:46.304 2014"); null where the line has none.</summary>
    public static DateTimeOffset? StatusMessageTime(string text)
    {
        if (GmtDatePattern().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var date = $"{match.Groups["month"].Value} {match.Groups["day"].Value} {match.Groups["time"].Value} {match.Groups["year"].Value}";
        return DateTimeOffset.TryParseExact(date, "MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }

    /// <summary>What wakes the next synchronization; Unknown where the line says nothing of it.</summary>
    public static SyncTrigger Trigger(string text) => text switch
    {
        _ when Has(text, "Performing sync on regular schedule") || Has(text, "Performing sync on retry schedule") || Has(text, "Wakeup for scheduled regular sync") => SyncTrigger.Scheduled,
        _ when Has(text, "Performing sync on local request") || Has(text, "Found local sync request file") => SyncTrigger.Manual,
        _ when Has(text, "Performing sync on parent request") || Has(text, "Found parent sync notification file") => SyncTrigger.ParentSite,
        _ => SyncTrigger.Unknown,
    };

    public static bool IsStart(string text) => text.StartsWith("Starting Sync", StringComparison.OrdinalIgnoreCase);

    public static bool IsSuccess(string text) => text.StartsWith("Sync succeeded", StringComparison.OrdinalIgnoreCase);

    public static bool IsFailure(string text) => text.StartsWith("Sync failed", StringComparison.OrdinalIgnoreCase);

    /// <summary>The thread was stopped, or the synchronization says itself that it was given up. The exact words were found in no source, so several forms are taken.</summary>
    public static bool IsCancellation(string text) =>
        CancellationPattern().IsMatch(text)
        || Has(text, "SMS_EXECUTIVE signalled SMS_WSUS_SYNC_MANAGER to stop")
        || Has(text, "SMS_WSUS_SYNC_MANAGER received STOP notification");

    /// <summary>The reason of "Sync failed: reason. Source: method"; empty where none is given.</summary>
    public static string Reason(string text)
    {
        var reason = FailurePattern().Match(text) is { Success: true } match ? match.Groups[1].Value.Trim() : "";
        return reason.StartsWith("Will retry", StringComparison.OrdinalIgnoreCase) ? "" : reason;
    }

    /// <summary>An HTTP status in a reason, else a number of Windows; 0 where there is neither.</summary>
    public static long ErrorCode(string reason)
    {
        var numbers = ErrorNumbers.FindAll(reason);
        foreach (var found in numbers)
        {
            if (found.Number is { Kind: ErrorKind.Http or ErrorKind.Iis, HttpStatus: { } status })
            {
                return status;
            }
        }

        return numbers.Select(found => found.Number).FirstOrDefault(number => number.Kind is ErrorKind.Windows).Value;
    }

    /// <summary>The error number that a status message carries ("LE=0X8013150a"), as an HRESULT; 0 where it carries none.</summary>
    public static long MessageErrorCode(string text) =>
        MessageErrorPattern().Match(text) is { Success: true } match && uint.Parse(match.Groups[1].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) is var value and not 0
            ? ErrorNumber.Windows(value).Value
            : 0;

    /// <summary>Items changed in the site's database, where the line says so.</summary>
    public static long? UpdatesChanged(string text) =>
        UpdatedPattern().Match(text) is { Success: true } match && long.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Phase and numbers of a progress line; null where it is none.</summary>
    public static (string Phase, long Processed, long Total)? Progress(string text)
    {
        if (ProgressPattern().Match(text) is not { Success: true } match)
        {
            return null;
        }

        return (match.Groups["phase"].Value.Trim(), Number(match.Groups["done"]), Number(match.Groups["total"]));
    }

    private static long Number(Group group) =>
        long.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static bool Has(string text, string fragment) => text.Contains(fragment, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^STATMSG: ID=(\d{1,6})\b", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex StatusMessagePattern();

    [GeneratedRegex(@"\bGMTDATE=[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) +(?<day>[0-9]{1,2}) (?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)? (?<year>[0-9]{4})\b", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex GmtDatePattern();

    [GeneratedRegex(@"^(sync:\s*)?(the\s+)?sync(hronization)?\s+(was\s+|has been\s+)?(cancell?ed|aborted|terminated|stopped)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex CancellationPattern();

    [GeneratedRegex(@"^Sync failed[:.]\s*(.*?)(\.?\s*Source:.*)?$", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex FailurePattern();

    [GeneratedRegex(@"^STATMSG: .*\bLE=0X([0-9A-F]{1,8})\b", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex MessageErrorPattern();

    [GeneratedRegex(@"\bUpdated (\d+) items in SMS database", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex UpdatedPattern();

    [GeneratedRegex(@"^sync:\s*(?<phase>[^,]+)(,\s*processed (?<done>\d+) out of (?<total>\d+) items)?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ProgressPattern();
}
