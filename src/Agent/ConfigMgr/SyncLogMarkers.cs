using System.Globalization;
using System.Text;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>The fragments of wsyncmgr.log that mean something (configmgr.md, 5b). The word "canceled" alone means nothing: the line of a success contains it.</summary>
internal static class SyncLogMarkers
{
    /// <summary>How a status message begins that a component writes into its log.</summary>
    public const string MessageStart = "STATMSG: ID=";

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
    private const int HighestMessage = 999_999;
    private const int MostHexDigits = 8;

    private static readonly byte[][] Beginnings =
    [
        .. new[] { "sync:", "sync ", "sync\t", "synchronization ", "the sync", "Starting Sync", "STATMSG", "Performing sync", "Found local sync", "Found parent sync", "Wakeup for", "Updated ", "SMS_EXECUTIVE signalled", "SMS_WSUS_SYNC_MANAGER received" }
            .Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>Number of a status message; 0 where the line is none.</summary>
    public static int StatusMessage(string text)
    {
        var scanner = new TextScanner(text, StringComparison.Ordinal);
        return scanner.Take(MessageStart) && scanner.TakeNumber(out var number) && number <= HighestMessage && scanner.IsAtBoundary ? (int)number : 0;
    }

    /// <summary>The time of a status message, which the log gives in UTC ("GMTDATE=Thu Jan 16 18:57:46.304 2014"); null where the line has none.</summary>
    public static DateTimeOffset? StatusMessageTime(string text)
    {
        var scanner = new TextScanner(text, StringComparison.Ordinal);
        if (scanner.FindWord("GMTDATE=") && scanner.TakeToken(out _) && scanner.TakeSpace() && scanner.TakeToken(out var month) && scanner.TakeSpace() && scanner.TakeToken(out var day)
            && scanner.TakeSpace() && scanner.TakeToken(out var time) && scanner.TakeSpace() && scanner.TakeNumber(out var year) && scanner.IsAtBoundary)
        {
            var fraction = time.IndexOf('.');
            var date = string.Create(CultureInfo.InvariantCulture, $"{month} {day} {(fraction < 0 ? time : time[..fraction])} {year}");
            return DateTimeOffset.TryParseExact(date, "MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
        }

        return null;
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
        SaysCancelled(text)
        || Has(text, "SMS_EXECUTIVE signalled SMS_WSUS_SYNC_MANAGER to stop")
        || Has(text, "SMS_WSUS_SYNC_MANAGER received STOP notification");

    /// <summary>The reason of "Sync failed: reason. Source: method"; empty where none is given.</summary>
    public static string Reason(string text)
    {
        var scanner = new TextScanner(text);
        if (!scanner.Take("Sync failed") || !(scanner.Take(":") || scanner.Take(".")))
        {
            return "";
        }

        var reason = scanner.Rest.Trim();
        var source = reason.IndexOf("Source:", StringComparison.OrdinalIgnoreCase);
        if (source >= 0)
        {
            reason = reason[..source].TrimEnd();
            reason = reason.EndsWith('.') ? reason[..^1].TrimEnd() : reason;
        }

        return reason.StartsWith("Will retry", StringComparison.OrdinalIgnoreCase) ? "" : reason.ToString();
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
    public static long MessageErrorCode(string text)
    {
        var code = 0u;
        var scanner = new TextScanner(text);
        if (scanner.Take("STATMSG: "))
        {
            while (scanner.FindWord("LE=0X"))
            {
                var digits = scanner.TakeWhile(char.IsAsciiHexDigit);
                code = digits.Length <= MostHexDigits && scanner.IsAtBoundary && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : code;
            }
        }

        return code == 0 ? 0 : ErrorNumber.Windows(code).Value;
    }

    /// <summary>Items changed in the site's database, where the line says so.</summary>
    public static long? UpdatesChanged(string text)
    {
        for (var scanner = new TextScanner(text); scanner.FindWord("Updated ");)
        {
            if (scanner.TakeNumber(out var number) && scanner.Take(" items in SMS database"))
            {
                return number;
            }
        }

        return null;
    }

    /// <summary>Phase and numbers of a progress line; null where it is none.</summary>
    public static (string Phase, long Processed, long Total)? Progress(string text)
    {
        var scanner = new TextScanner(text);
        if (!scanner.Take("sync:") || scanner.TakeWhile(character => character != ',') is not { IsEmpty: false } phase)
        {
            return null;
        }

        return scanner.Take(",") && scanner.SkipSpace() && scanner.Take("processed ") && scanner.TakeNumber(out var processed) && scanner.Take(" out of ") && scanner.TakeNumber(out var total) && scanner.Take(" items")
            ? (phase.Trim().ToString(), processed, total)
            : (phase.Trim().ToString(), 0, 0);
    }

    /// <summary>"Synchronization was cancelled", "sync: the sync has been stopped".</summary>
    private static bool SaysCancelled(string text)
    {
        var scanner = new TextScanner(text);
        _ = scanner.Take("sync:") && scanner.SkipSpace();
        if (scanner.Take("the") && !scanner.TakeSpace() || !(scanner.Take("synchronization") || scanner.Take("sync")) || !scanner.TakeSpace())
        {
            return false;
        }

        if ((scanner.Take("was") || scanner.Take("has been")) && !scanner.TakeSpace())
        {
            return false;
        }

        return (scanner.Take("cancelled") || scanner.Take("canceled") || scanner.Take("aborted") || scanner.Take("terminated") || scanner.Take("stopped")) && scanner.IsAtBoundary;
    }

    private static bool Has(string text, string fragment) => text.Contains(fragment, StringComparison.OrdinalIgnoreCase);
}
