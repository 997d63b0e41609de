using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>What the error of a synchronization names as its reason.</summary>
public enum SyncFailureKind
{
    /// <summary>Nothing: no text, or one that names no reason. "Cancelled" alone is such a text.</summary>
    Unnamed = 0,

    /// <summary>The proxy refused (HTTP 407, ProxyError).</summary>
    Proxy = 1,

    /// <summary>TLS or the trust in a certificate.</summary>
    SecureChannel = 2,

    /// <summary>Name, route or connection to the update source.</summary>
    Network = 3,

    /// <summary>The upstream server answered with a fault, or is behind.</summary>
    Upstream = 4,

    /// <summary>The database of WSUS.</summary>
    Database = 5,

    /// <summary>HTTP 401 or 403 of the WSUS web service.</summary>
    AccessDenied = 6,

    /// <summary>HTTP 503 of the WSUS web service: points to the pool, not to the internet.</summary>
    WebServiceUnavailable = 7,
}

/// <summary>Reads the reason out of the number and the text of a failed synchronization (configmgr.md, 5b and 6b; wsus.md, 3).</summary>
/// <remarks>
/// Two traps: the source "AdminProxy.CreateUpdateServer" of a 503 is no proxy, and the word "canceled" names no reason (wsyncmgr.log
/// has it in its success line).
/// </remarks>
public static class SyncFailure
{
    private const long HttpUnauthorized = 401;
    private const long HttpForbidden = 403;
    private const long HttpProxyAuthenticationRequired = 407;
    private const long HttpServiceUnavailable = 503;

    // Names that WSUS and Configuration Manager write in every language; what Windows and .NET say is in the signs.
    private static readonly PhraseSet ProxyText = new(Phrase.Word("proxy"), Phrase.Word("proxyerror"));
    private static readonly PhraseSet SecureChannelText = new("Root CA signed");
    private static readonly PhraseSet UpstreamText = new(
        Phrase.Word("UssBusy"), Phrase.Word("UssInternalError"), Phrase.Word("UssOtherError"), Phrase.Word("DssAuthenticationError"),
        "IncompatibleProtocolVersion", "out of sync with upstream", "out of sync with the upstream");

    private static readonly PhraseSet NetworkText = new(Phrase.Word("UssNotFound"), Phrase.Word("UssCommunicationError"), "did not properly respond", "80072EFE", "80072EE2");
    private static readonly PhraseSet DatabaseText = new(Phrase.Word("LocalDBConnectFail"), Phrase.Word("LocalDBTooBusy"), Phrase.Word("LocalDBOtherError"), Phrase.Word("SUSDB"));

    /// <summary>The reason that this run's error names; Unnamed for a run that succeeded or still runs.</summary>
    public static SyncFailureKind Classify(SyncRun run) =>
        run.Result is SyncResult.Succeeded or SyncResult.Running ? SyncFailureKind.Unnamed : Classify(run.ErrorCode, run.ErrorText);

    /// <summary>The reason that an error number (0 = none) and its text name.</summary>
    public static SyncFailureKind Classify(long errorCode, string errorText)
    {
        var byText = ClassifyText(errorText);

        return byText is not SyncFailureKind.Unnamed ? byText : ClassifyCode(errorCode);
    }

    /// <summary>The reason in a few words, for a sentence: "the proxy refuses the connection (407)"; null for Unnamed.</summary>
    public static string? Describe(SyncFailureKind kind) => kind switch
    {
        SyncFailureKind.Proxy => "the proxy refuses the connection",
        SyncFailureKind.SecureChannel => "WSUS can't make a trusted TLS connection to the update source",
        SyncFailureKind.Network => "the update source can't be reached",
        SyncFailureKind.Upstream => "the upstream server doesn't deliver updates",
        SyncFailureKind.Database => "WSUS can't use its database",
        SyncFailureKind.AccessDenied => "the WSUS web service refuses the request",
        SyncFailureKind.WebServiceUnavailable => "the WSUS web service doesn't answer (503)",
        _ => null,
    };

    /// <summary>True where the reason lies outside this server's pool, so that no repair of the pool can help.</summary>
    public static bool IsOutsidePool(SyncFailureKind kind) => kind is SyncFailureKind.Proxy or SyncFailureKind.SecureChannel or SyncFailureKind.Network
        or SyncFailureKind.Upstream or SyncFailureKind.Database or SyncFailureKind.AccessDenied;

    private static SyncFailureKind ClassifyText(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return SyncFailureKind.Unnamed;
        }

        var signs = FailureSigns.Of(text);

        return Has(signs, FailureSign.Http407) || ProxyText.IsIn(text) ? SyncFailureKind.Proxy
            : Has(signs, FailureSign.Untrusted | FailureSign.NoCommonTls | FailureSign.SecureChannel) || SecureChannelText.IsIn(text) ? SyncFailureKind.SecureChannel
            : UpstreamText.IsIn(text) ? SyncFailureKind.Upstream
            : Has(signs, FailureSign.NameResolution | FailureSign.ConnectionRefused | FailureSign.ConnectionReset | FailureSign.Unreachable) || NetworkText.IsIn(text) ? SyncFailureKind.Network
            : Has(signs, FailureSign.Database) || DatabaseText.IsIn(text) ? SyncFailureKind.Database
            : Has(signs, FailureSign.Http503) ? SyncFailureKind.WebServiceUnavailable
            : Has(signs, FailureSign.Http401 | FailureSign.Http403) ? SyncFailureKind.AccessDenied
            : SyncFailureKind.Unnamed;
    }

    private static bool Has(FailureSign signs, FailureSign any) => (signs & any) != 0;

    private static SyncFailureKind ClassifyCode(long errorCode) => errorCode switch
    {
        HttpProxyAuthenticationRequired => SyncFailureKind.Proxy,
        HttpServiceUnavailable => SyncFailureKind.WebServiceUnavailable,
        HttpUnauthorized or HttpForbidden => SyncFailureKind.AccessDenied,
        _ => unchecked((uint)errorCode) switch
        {
            0x80190197 => SyncFailureKind.Proxy,
            0x80072EE7 or 0x80072EFD or 0x80072EFE or 0x80072EE2 => SyncFailureKind.Network,
            0x80072F8F or 0x800B0109 => SyncFailureKind.SecureChannel,
            _ => SyncFailureKind.Unnamed,
        },
    };
}
