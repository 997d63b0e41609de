using System.Globalization;
using System.Text.RegularExpressions;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>One number or name of an error or a state, in plain words.</summary>
/// <param name="Number">As it is written in logs: "407", "0x80072EFE", "6703", "UssNotFound".</param>
/// <param name="Words">What it says, without a full stop.</param>
/// <param name="Source">Where that is known from.</param>
public sealed record DecodedNumber(string Number, string Words, string Source);

/// <summary>Numbers of errors and states of WSUS, Configuration Manager, HTTP, Windows and SQL Server, in plain words.</summary>
public static partial class ErrorNumbers
{
    private const string Http = "RFC 9110";
    private const string WinInet = "Microsoft, wininet.h";
    private const string WindowsUpdate = "Microsoft, wuerror.h";
    private const string WinError = "Microsoft, winerror.h";
    private const string Sql = "Microsoft, SQL Server messages";
    private const string WebException = "Microsoft, System.Net.WebExceptionStatus";
    private const string SyncError = "Microsoft, WSUS SynchronizationError";
    private const string SyncStatus = "Microsoft, SMS_SUPSyncStatus";

    /// <summary>All that is decoded.</summary>
    public static IReadOnlyList<DecodedNumber> All { get; } =
    [
        new("400", "the server didn't understand the request (HTTP)", Http),
        new("401", "not authorised: the account or its rights were refused (HTTP)", Http),
        new("403", "forbidden: the account is known but isn't allowed, or TLS is required (HTTP)", Http),
        new("404", "not found: nothing exists at that address on that port (HTTP)", Http),
        new("407", "the proxy asks for a user name and password (HTTP)", Http),
        new("408", "the client took too long (HTTP)", Http),
        new("500", "the web service itself failed (HTTP)", Http),
        new("502", "a proxy or gateway got no valid response from the other side (HTTP)", Http),
        new("503", "the web service isn't available: its pool is stopped, or its queue is full (HTTP)", Http),
        new("504", "a proxy or gateway timed out waiting for the other side (HTTP)", Http),
        new("0x80190191", "not authorised (HTTP 401)", WinError),
        new("0x80190193", "forbidden (HTTP 403)", WinError),
        new("0x80190194", "not found (HTTP 404)", WinError),
        new("0x80190197", "the proxy asks for a user name and password (HTTP 407)", WinError),
        new("0x801901F4", "the web service itself failed (HTTP 500)", WinError),
        new("0x801901F7", "the web service isn't available (HTTP 503)", WinError),
        new("0x80072EE2", "the other side didn't answer in time", WinInet),
        new("0x80072EE7", "the other side's name couldn't be resolved", WinInet),
        new("0x80072EFD", "couldn't connect to the other side", WinInet),
        new("0x80072EFE", "the connection was cut by the other side or on the way", WinInet),
        new("0x80072EFF", "the other side reset the connection", WinInet),
        new("0x80072F05", "the other side's certificate has expired, or a clock is wrong", WinInet),
        new("0x80072F06", "the certificate was issued for another name", WinInet),
        new("0x80072F0D", "the certificate's issuer isn't known here", WinInet),
        new("0x80072F76", "the other side didn't send an expected header", WinInet),
        new("0x80072F78", "the other side's response couldn't be understood", WinInet),
        new("0x80072F7D", "couldn't create a secure channel: the protocols or ciphers don't match", WinInet),
        new("0x80072F8F", "the secure channel failed: certificate, clock or protocol", WinInet),
        new("0x800B0101", "a certificate has expired, or a clock is wrong", WinError),
        new("0x800B0109", "the chain's root certificate isn't trusted here", WinError),
        new("0x800B010A", "couldn't build a chain to a trusted root certificate", WinError),
        new("0x800B010F", "the certificate was issued for another name", WinError),
        new("0x80240008", "the item wasn't found", WindowsUpdate),
        new("0x80240016", "another operation was still running", WindowsUpdate),
        new("0x80240438", "the update server can't be reached", WindowsUpdate),
        new("0x8024000B", "the operation was cancelled", WindowsUpdate),
        new("0x80244007", "the update service answered with a SOAP fault", WindowsUpdate),
        new("0x80244010", "the client made too many round trips: the catalogue is too large for it", WindowsUpdate),
        new("0x80244015", "the update service asked to start over: its database changed", WindowsUpdate),
        new("0x80244016", "the server didn't understand the request (HTTP 400)", WindowsUpdate),
        new("0x80244017", "not authorised (HTTP 401)", WindowsUpdate),
        new("0x80244018", "forbidden (HTTP 403)", WindowsUpdate),
        new("0x80244019", "not found (HTTP 404)", WindowsUpdate),
        new("0x8024401B", "the proxy asks for a user name and password (HTTP 407)", WindowsUpdate),
        new("0x8024401C", "the request took too long (HTTP 408)", WindowsUpdate),
        new("0x8024401F", "the update service itself failed (HTTP 500)", WindowsUpdate),
        new("0x80244021", "a gateway got no valid response (HTTP 502)", WindowsUpdate),
        new("0x80244022", "the update service isn't available: its pool is stopped or overloaded (HTTP 503)", WindowsUpdate),
        new("0x80244023", "a gateway timed out (HTTP 504)", WindowsUpdate),
        new("0x8024402C", "the name of the proxy or the update server couldn't be resolved", WindowsUpdate),
        new("0x80246008", "the download service couldn't be used", WindowsUpdate),
        new("0x80070002", "a file wasn't found", WinError),
        new("0x80070005", "access denied", WinError),
        new("0x8007000E", "out of memory", WinError),
        new("0x80070020", "a file is in use by another process", WinError),
        new("0x8007003B", "an unexpected network error", WinError),
        new("0x80070070", "the disk is full", WinError),
        new("0x80070426", "a service hasn't been started", WinError),
        new("0x800705B4", "the operation timed out", WinError),
        new("0x800706BA", "the computer or its remote procedure call service doesn't answer", WinError),
        new("0x8007274C", "the connection attempt got no answer", WinError),
        new("0x8007274D", "the other side refused the connection", WinError),
        new("0x80131500", "an error inside .NET; the text beside it says which", "Microsoft, corerror.h"),
        new("0x80131509", "the object's state doesn't allow the operation (.NET)", "Microsoft, corerror.h"),
        new("0xC0000005", "the process accessed memory that isn't its own, and ended", WinError),
        new("SQL 1105", "the database is full: no space for an object in its file group", Sql),
        new("SQL 9002", "the database's transaction log is full", Sql),
        new("SQL 1205", "a deadlock: SQL Server ended one of two transactions", Sql),
        new("SQL 4060", "the database can't be opened with this login", Sql),
        new("SQL 17142", "SQL Server is paused and accepts no new connections", Sql),
        new("SQL 18456", "the login failed", Sql),
        new("SQL -2", "the statement exceeded its time limit", Sql),
        new("NameResolutionFailure", "the other side's name couldn't be resolved", WebException),
        new("ConnectFailure", "couldn't connect to the other side", WebException),
        new("TrustFailure", "the other side's certificate isn't trusted", WebException),
        new("SecureChannelFailure", "couldn't create a secure channel", WebException),
        new("ProxyNameResolutionFailure", "the proxy's name couldn't be resolved", WebException),
        new("LocalDBConnectFail", "WSUS can't connect to its database", SyncError),
        new("LocalDBTooBusy", "WSUS's database is too busy", SyncError),
        new("LocalDBOtherError", "another error in WSUS's database", SyncError),
        new("ProxyError", "the proxy refused or failed", SyncError),
        new("UssNotFound", "the update source wasn't found", SyncError),
        new("UssBusy", "the update source is too busy", SyncError),
        new("UssInternalError", "the update source itself failed", SyncError),
        new("DssAuthenticationError", "the update source refused this server", SyncError),
        new("UssCommunicationError", "communication with the update source broke off", SyncError),
        new("UssOtherError", "another error at the update source", SyncError),
        new("UserCanceled", "WSUS says this for every cancelled sync, whoever or whatever ended it", SyncError),
        new("ImportUpdateError", "an update couldn't be imported into the database", SyncError),
        new("ApprovalError", "an approval couldn't be applied", SyncError),
        new("LocalUpdateMissingForApproval", "an approval arrived for an update that isn't there", SyncError),
        new("IncompatibleProtocolVersion", "this WSUS and its source use different protocol versions", SyncError),
        new("6701", "sync started", "Configuration Manager, status messages"),
        new("6702", "sync done", SyncStatus),
        new("6703", "sync failed", SyncStatus),
        new("6704", "in progress: WSUS is getting updates from its source", SyncStatus),
        new("6705", "in progress: the site's database is getting updates from WSUS", SyncStatus),
        new("6706", "in progress: an internet-facing or replica WSUS is getting updates", SyncStatus),
        new("6707", "WSUS content is out of sync with the upstream server", SyncStatus),
        new("6708", "done, but the download of licence terms is pending", SyncStatus),
    ];

    private static readonly Dictionary<string, DecodedNumber> ByNumber = All.ToDictionary(item => item.Number, StringComparer.OrdinalIgnoreCase);

    /// <summary>"407: the proxy asks …" for the number of a run's error; null for 0 and for what is not known.</summary>
    public static string? Describe(long errorCode)
    {
        var number = Spell(errorCode);

        return errorCode != 0 && ByNumber.TryGetValue(number, out var decoded) ? $"{number}: {decoded.Words}" : null;
    }

    /// <summary>A state of SMS_SUPSyncStatus in words; the bare number where it is not known.</summary>
    public static string DescribeState(int state)
    {
        var number = state.ToString(CultureInfo.InvariantCulture);

        return ByNumber.TryGetValue(number, out var decoded) && state >= 6700 ? $"{number}, {decoded.Words}" : number;
    }

    /// <summary>The numbers and names in a text that are known, each once, in the order of the text.</summary>
    public static IReadOnlyList<DecodedNumber> FindIn(string text) =>
        [.. Candidate().Matches(text).Select(match => ByNumber.GetValueOrDefault(match.Groups["number"].Value)).OfType<DecodedNumber>().Distinct()];

    /// <summary>How logs write a number: up to 999 is an HTTP status, everything else a Windows error in eight hexadecimal digits.</summary>
    private static string Spell(long errorCode) => errorCode is > 0 and < 1000
        ? errorCode.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"0x{unchecked((uint)errorCode):X8}");

    [GeneratedRegex(@"(?:HTTP status |status code:? |\(|ID=)(?<number>\d{3,4})\b|(?<number>\b0x[0-9A-F]{8}\b)|\b(?<number>(?:Uss|LocalDB|Dss|Proxy|User|Import|Approval|LocalUpdate|IncompatibleProtocol|NameResolution|Connect|Trust|SecureChannel)[A-Za-z]+)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Candidate();
}
