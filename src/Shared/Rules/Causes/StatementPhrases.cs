using System.Buffers;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>The words that tell between whom something happened: names of classes and components, which are the same on every server.</summary>
internal static class StatementPhrases
{
    private static readonly PhraseSet Wrapper = new(
        "WSUS not configured", "WSUS is not configured", "WSUS server not configured", "WSUS server is not configured", new("Sync failed") { EndsWord = true }, "Failed to sync some of the updates",
        "Remote configuration failed on WSUS Server", "Failed to set Subscriptions on the WSUS Server");

    /// <summary>Names of WSUS's own classes and methods, which the site calls.</summary>
    private static readonly PhraseSet OwnWsus = new("AdminProxy", "CreateUpdateServer", "ApiRemoting", "UpdateServices.Internal.BaseApi", "UpdateServices.Internal.DatabaseAccess");

    /// <summary>The same, where WSUS calls its source.</summary>
    private static readonly SearchValues<string> Source = SearchValues.Create(
        [
            "WebServiceCommunicationHelper", "ServerSyncWebService", "ServerSyncProxy", "ServerSyncCompressionProxy", "CatalogSyncAgent", "CatalogSyncThread",
            "sws.update.microsoft.com", "fe2.update.microsoft.com", "sws1.update.microsoft.com",
        ],
        StringComparison.Ordinal);

    private static readonly PhraseSet Maintenance = new(
        "connect to SUSDB", "connecting to SUSDB", "Delete Obselete Updates", "Delete Obsolete Updates", "Calling WSUS Cleanup", "WSUS Cleanup", "WSUS Server Cleanup", "Cleanup Wizard", "Cleanup failed", "Cleanup task",
        "third-party updates");

    private static readonly PhraseSet SiteDatabase = new("[Microsoft][SQL Server Native Client", "[Microsoft][ODBC", "[SQL Server]");

    private static readonly SearchValues<string> Content = SearchValues.Create(["ContentSyncAgent", "Content file download", "BITS"], StringComparison.Ordinal);

    /// <summary>They say that something failed, and nothing of what.</summary>
    public static bool AreWrapper(string text) => Wrapper.IsIn(text) || HasFailedState(text);

    /// <summary>WSUS's own classes and methods, which the site calls.</summary>
    public static bool AreOfOwnWsus(string text) => OwnWsus.IsIn(text);

    /// <summary>WSUS's classes that call its source, and what they say of it.</summary>
    public static bool AreOfSource(string text) => text.AsSpan().ContainsAny(Source) || HasSourceError(text, "Uss") || HasSourceError(text, "USS");

    public static bool AreOfMaintenance(string text) => text.StartsWith("Indexing Failed", StringComparison.OrdinalIgnoreCase) || Maintenance.IsIn(text);

    public static bool AreOfSiteDatabase(string text) => SiteDatabase.IsIn(text) || HasSqlState(text);

    public static bool AreOfContent(string text) => text.AsSpan().ContainsAny(Content);

    /// <summary>How Configuration Manager writes an answer of its own database: "*** [23000][2627][Microsoft][SQL Server Native Client 11.0][SQL Server]…".</summary>
    public static bool HasSqlState(string text)
    {
        for (var scanner = new TextScanner(text); scanner.Find("*** [");)
        {
            if (scanner.TakeWhile(char.IsAsciiLetterOrDigit).Length == 5 && scanner.Take("]"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>"STATMSG: ID=6703 SEV=E": a message of the update point's components that isn't good news.</summary>
    private static bool HasFailedState(string text)
    {
        for (var scanner = new TextScanner(text); scanner.Find("STATMSG: ID=");)
        {
            if (scanner.TakeNumber(out var id) && id / 100 is 66 or 67 or 70 && scanner.Take(" SEV=") && (scanner.Take("E") || scanner.Take("W")))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A status of the update source: "UssNotFound", "USSInternalError"; "USS" alone too.</summary>
    private static bool HasSourceError(string text, string beginning)
    {
        for (var scanner = new TextScanner(text, StringComparison.Ordinal); scanner.FindWord(beginning);)
        {
            if (scanner.Rest is [>= 'A' and <= 'Z', >= 'a' and <= 'z', ..] || (beginning is "USS" && scanner.IsAtBoundary))
            {
                return true;
            }
        }

        return false;
    }
}
