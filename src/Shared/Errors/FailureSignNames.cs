using System.Collections.Frozen;
using static WsusDashboard.Shared.Errors.FailureSign;

namespace WsusDashboard.Shared.Errors;

/// <summary>Names of exceptions, of their statuses and of numbers: the same in every language.</summary>
/// <remarks>Sources: System.Net.WebExceptionStatus, System.Net.Sockets.SocketError, System.Net.Http.HttpRequestError, System.Security.Cryptography.X509Certificates.X509ChainStatusFlags,
/// System.Net.Security.SslPolicyErrors, Microsoft.UpdateServices.Administration.SynchronizationError; winerror.h, winsock2.h, wininet.h, winhttp.h, wuerror.h.</remarks>
internal static class FailureSignNames
{
    private static readonly FrozenDictionary<string, FailureSign> Names = new (FailureSign Sign, string Names)[]
    {
        (NameResolution, "NameResolutionFailure ProxyNameResolutionFailure NameResolutionError HostNotFound WSAHOST_NOT_FOUND WSATRY_AGAIN WSANO_DATA WSANO_RECOVERY ERROR_INTERNET_NAME_NOT_RESOLVED ERROR_WINHTTP_NAME_NOT_RESOLVED WININET_E_NAME_NOT_RESOLVED WU_E_PT_WINHTTP_NAME_NOT_RESOLVED DNS_ERROR_RCODE_NAME_ERROR DNS_ERROR_RCODE_SERVER_FAILURE"),
        (ConnectionRefused, "ConnectFailure ConnectionRefused WSAECONNREFUSED ECONNREFUSED ERROR_CONNECTION_REFUSED ERROR_INTERNET_CANNOT_CONNECT ERROR_WINHTTP_CANNOT_CONNECT WININET_E_CANNOT_CONNECT"),
        (ConnectionReset, "ReceiveFailure SendFailure ConnectionClosed KeepAliveFailure ConnectionReset ConnectionAborted NetworkReset WSAECONNRESET WSAECONNABORTED WSAENETRESET ECONNRESET ECONNABORTED ERROR_CONNECTION_ABORTED ERROR_NETNAME_DELETED ERROR_INTERNET_CONNECTION_ABORTED ERROR_INTERNET_CONNECTION_RESET ERROR_WINHTTP_CONNECTION_ERROR WININET_E_CONNECTION_ABORTED WININET_E_CONNECTION_RESET"),
        (TimedOut, "TimeoutException TimedOut WSAETIMEDOUT ETIMEDOUT ERROR_TIMEOUT ERROR_SEM_TIMEOUT ERROR_INTERNET_TIMEOUT ERROR_WINHTTP_TIMEOUT WININET_E_TIMEOUT"),
        (Unreachable, "HostUnreachable NetworkUnreachable HostDown NetworkDown WSAEHOSTUNREACH WSAENETUNREACH WSAENETDOWN WSAEHOSTDOWN EHOSTUNREACH ENETUNREACH ERROR_NETWORK_UNREACHABLE ERROR_HOST_UNREACHABLE ERROR_BAD_NETPATH RPC_S_SERVER_UNAVAILABLE WU_E_PT_ENDPOINT_UNREACHABLE"),
        (Untrusted, "TrustFailure RemoteCertificateNameMismatch RemoteCertificateChainErrors UntrustedRoot PartialChain NotTimeValid CERT_E_EXPIRED CERT_E_UNTRUSTEDROOT CERT_E_CHAINING CERT_E_REVOKED CERT_E_CN_NO_MATCH CERT_E_WRONG_USAGE CERT_E_UNTRUSTEDCA SEC_E_UNTRUSTED_ROOT SEC_E_WRONG_PRINCIPAL SEC_E_CERT_EXPIRED SEC_E_CERT_UNKNOWN CRYPT_E_REVOKED CRYPT_E_REVOCATION_OFFLINE ERROR_INTERNET_SEC_CERT_DATE_INVALID ERROR_INTERNET_SEC_CERT_CN_INVALID ERROR_INTERNET_INVALID_CA ERROR_WINHTTP_SECURE_CERT_DATE_INVALID ERROR_WINHTTP_SECURE_CERT_CN_INVALID ERROR_WINHTTP_SECURE_INVALID_CA ERROR_WINHTTP_SECURE_INVALID_CERT ERROR_WINHTTP_SECURE_FAILURE"),
        (NoCommonTls, "SEC_E_ALGORITHM_MISMATCH SEC_E_ILLEGAL_MESSAGE"),
        (NoCommonTls | SecureChannel, "ERROR_INTERNET_SECURITY_CHANNEL_ERROR ERROR_WINHTTP_SECURE_CHANNEL_ERROR"),
        (SecureChannel, "SecureChannelFailure SecureConnectionError AuthenticationException"),
        (DiskFull, "ERROR_DISK_FULL ERROR_HANDLE_DISK_FULL STATUS_DISK_FULL"),
        (AccessDenied, "UnauthorizedAccessException E_ACCESSDENIED ERROR_ACCESS_DENIED STATUS_ACCESS_DENIED"),
        (OutOfMemory, "OutOfMemoryException InsufficientMemoryException E_OUTOFMEMORY ERROR_OUTOFMEMORY ERROR_NOT_ENOUGH_MEMORY ERROR_COMMITMENT_LIMIT STATUS_NO_MEMORY"),
        (Database, "SqlException LocalDBConnectFail LocalDBTooBusy LocalDBOtherError"),
        (Http400, "WU_E_PT_HTTP_STATUS_BAD_REQUEST HTTP_E_STATUS_BAD_REQUEST"),
        (Http401, "WU_E_PT_HTTP_STATUS_DENIED HTTP_E_STATUS_DENIED"),
        (Http403, "WU_E_PT_HTTP_STATUS_FORBIDDEN HTTP_E_STATUS_FORBIDDEN"),
        (Http404, "WU_E_PT_HTTP_STATUS_NOT_FOUND HTTP_E_STATUS_NOT_FOUND"),
        (Http407, "ProxyAuthenticationRequired WU_E_PT_HTTP_STATUS_PROXY_AUTH_REQ HTTP_E_STATUS_PROXY_AUTH_REQ"),
        (Http408, "WU_E_PT_HTTP_STATUS_REQUEST_TIMEOUT HTTP_E_STATUS_REQUEST_TIMEOUT"),
        (Http500, "InternalServerError WU_E_PT_HTTP_STATUS_SERVER_ERROR HTTP_E_STATUS_SERVER_ERROR"),
        (Http502, "BadGateway WU_E_PT_HTTP_STATUS_BAD_GATEWAY HTTP_E_STATUS_BAD_GATEWAY"),
        (Http503, "ServiceUnavailable WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL HTTP_E_STATUS_SERVICE_UNAVAIL"),
        (Http504, "GatewayTimeout WU_E_PT_HTTP_STATUS_GATEWAY_TIMEOUT HTTP_E_STATUS_GATEWAY_TIMEOUT"),
    }.SelectMany(entry => entry.Names.Split(' '), (entry, name) => (Name: FailureSignText.Normalize(name, FailureSigns.LongestText), entry.Sign)).ToFrozenDictionary(entry => entry.Name, entry => entry.Sign);

    private static readonly FrozenDictionary<string, FailureSign>.AlternateLookup<ReadOnlySpan<char>> ByName = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>A whole name as it stands in a normalized text, without what stands before its last dot.</summary>
    /// <param name="name">"connectfailure".</param>
    /// <param name="before">What stands before it: "timeout" is a status only behind the name of its enumeration.</param>
    public static FailureSign Of(ReadOnlySpan<char> name, ReadOnlySpan<char> before) =>
        ByName.TryGetValue(name, out var sign) ? sign
        : name is "timeout" && before.EndsWith("webexceptionstatus.") ? TimedOut
        : None;
}
