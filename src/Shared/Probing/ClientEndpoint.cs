namespace WsusDashboard.Shared.Probing;

/// <summary>A part of WSUS that is asked as a client would ask it (care.md, section 6).</summary>
public enum ClientEndpoint
{
    /// <summary>One that this build does not know.</summary>
    Unknown = 0,

    /// <summary>Where clients scan.</summary>
    ClientWebService = 1,

    /// <summary>Where clients get the cookie that a scan needs.</summary>
    SimpleAuthWebService = 2,

    /// <summary>The files of updates; asked is an empty file that WSUS itself puts there for such a question.</summary>
    Content = 3,

    /// <summary>Where clients report.</summary>
    ReportingWebService = 4,

    /// <summary>Where consoles and Configuration Manager administer WSUS. No client asks it, but it is served by the same pool, and 401 is its usual answer to a question without a login.</summary>
    ApiRemoting30 = 5,
}

/// <summary>Where the endpoints are. Every question is a GET that reads: none of these addresses registers, reports or costs anything.</summary>
public static class ClientEndpoints
{
    private const int UsualHttpPort = 80;
    private const int UsualTlsPort = 443;

    public static IReadOnlyList<ClientEndpoint> All { get; } =
        [ClientEndpoint.ClientWebService, ClientEndpoint.SimpleAuthWebService, ClientEndpoint.Content, ClientEndpoint.ReportingWebService, ClientEndpoint.ApiRemoting30];

    /// <summary>Those that clients ask.</summary>
    public static IReadOnlyList<ClientEndpoint> OfClients { get; } =
        [ClientEndpoint.ClientWebService, ClientEndpoint.SimpleAuthWebService, ClientEndpoint.Content, ClientEndpoint.ReportingWebService];

    /// <summary>The application of WSUS's web site that serves it.</summary>
    public static string ApplicationOf(ClientEndpoint endpoint) => endpoint switch
    {
        ClientEndpoint.ClientWebService => "/ClientWebService",
        ClientEndpoint.SimpleAuthWebService => "/SimpleAuthWebService",
        ClientEndpoint.Content => "/Content",
        ClientEndpoint.ReportingWebService => "/ReportingWebService",
        ClientEndpoint.ApiRemoting30 => "/ApiRemoting30",
        _ => throw new ArgumentOutOfRangeException(nameof(endpoint), endpoint, "No such endpoint."),
    };

    /// <summary>What is asked for.</summary>
    public static string PathOf(ClientEndpoint endpoint) => ApplicationOf(endpoint) + endpoint switch
    {
        ClientEndpoint.ClientWebService => "/client.asmx",
        ClientEndpoint.SimpleAuthWebService => "/SimpleAuth.asmx",
        ClientEndpoint.Content => "/anonymousCheckFile.txt",
        ClientEndpoint.ReportingWebService => "/ReportingWebService.asmx",
        ClientEndpoint.ApiRemoting30 => "/WebService.asmx",
        _ => throw new ArgumentOutOfRangeException(nameof(endpoint), endpoint, "No such endpoint."),
    };

    /// <summary>True where an answer of this class can be all that a client needs there: the files are for everybody, so a refusal never is.</summary>
    public static bool IsGood(ClientEndpoint endpoint, AnswerClass answer) =>
        answer is AnswerClass.Answered || (answer is AnswerClass.Refused && endpoint is not ClientEndpoint.Content);

    /// <summary>All endpoints of one server.</summary>
    /// <param name="host">The name that clients use.</param>
    /// <param name="port">Port of WSUS, of TLS where it uses that.</param>
    /// <param name="usesTls">True where WSUS requires TLS. Its files stay on plain HTTP even then: their hashes travel in the metadata (care.md, section 2).</param>
    public static IReadOnlyList<ProbeTarget> Locate(string host, int port, bool usesTls) =>
    [
        .. All.Select(endpoint => endpoint is ClientEndpoint.Content || !usesTls
            ? new ProbeTarget(endpoint, At(Uri.UriSchemeHttp, host, usesTls ? PlainPortOf(port) : port, endpoint))
            : new ProbeTarget(endpoint, At(Uri.UriSchemeHttps, host, port, endpoint))),
    ];

    /// <summary>80 beside 443, else the number before: 8530 beside 8531 (care.md, section 2).</summary>
    private static int PlainPortOf(int tlsPort) => tlsPort is UsualTlsPort or <= 1 ? UsualHttpPort : tlsPort - 1;

    private static Uri At(string scheme, string host, int port, ClientEndpoint endpoint) => new UriBuilder(scheme, host, port, PathOf(endpoint)).Uri;
}

/// <summary>One question.</summary>
/// <param name="Endpoint">What is asked.</param>
/// <param name="Address">Its address, with the name that clients use.</param>
/// <param name="ConnectTo">Host that the connection goes to whatever the address names; null = the address's own.</param>
public sealed record ProbeTarget(ClientEndpoint Endpoint, Uri Address, string? ConnectTo = null);
