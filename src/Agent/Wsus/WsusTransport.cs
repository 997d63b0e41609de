using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml.Linq;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Wsus;

/// <summary>Sends one SOAP request and gives back the answer's element. Each way in which it can go wrong is told apart.</summary>
public sealed class WsusTransport : IDisposable
{
    private const int MaximumReplyBytes = 16 * 1024 * 1024;

    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";

    private readonly HttpClient _client;
    private readonly TimeProvider _timeProvider;

    public WsusTransport(AgentEdges edges, TimeProvider timeProvider)
        : this(CreateHandler(edges.TrustedRoots), timeProvider)
    {
    }

    internal WsusTransport(HttpMessageHandler handler, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _client = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    /// <summary>Raised for each answer: operation, HTTP status, content. Whoever listens does not keep the content.</summary>
    internal event Action<string, int, MemoryStream>? Answered;

    /// <summary>Sends a request.</summary>
    /// <exception cref="EdgeException">The answer was none, or not one of WSUS.</exception>
    public async Task<WsusReply> SendAsync(Uri service, WsusRequest request, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(request.Deadline, _timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var message = CreateMessage(service, request);
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
            var content = await ReadAsync(response, linked.Token).ConfigureAwait(false);
            Answered?.Invoke(request.Operation, (int)response.StatusCode, content);
            return Interpret(service, request, response, content);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EdgeException(
                ReadFailure.TimedOut,
                string.Create(CultureInfo.InvariantCulture, $"WSUS at {service} didn't answer {request.Operation} within {request.Deadline.TotalSeconds:0} seconds."));
        }
        catch (HttpRequestException exception)
        {
            throw Explain(service, request, exception);
        }
        catch (IOException exception)
        {
            throw new EdgeException(ReadFailure.Malformed, $"WSUS at {service} stopped in the middle of its answer to {request.Operation}: {exception.Message}", exception);
        }
    }

    public void Dispose() => _client.Dispose();

    private static SocketsHttpHandler CreateHandler(X509Certificate2Collection? trustedRoots) => new()
    {
        // Windows authentication as the account of the agent; other systems have no such account, and the emulated WSUS asks for none.
        Credentials = OperatingSystem.IsWindows() ? CredentialCache.DefaultCredentials : null,
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        MaxConnectionsPerServer = 4,
        SslOptions = new() { CertificateChainPolicy = OfflineChain.Policy(trustedRoots) },
    };

    private static HttpRequestMessage CreateMessage(Uri service, WsusRequest request)
    {
        var envelope = new XElement(Soap + "Envelope", new XAttribute(XNamespace.Xmlns + "soap", Soap), new XElement(Soap + "Body", request.Body));
        var message = new HttpRequestMessage(HttpMethod.Post, service)
        {
            Content = new StringContent("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + envelope.ToString(SaveOptions.DisableFormatting), Encoding.UTF8),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("text/xml", "utf-8");
        message.Headers.Add("SOAPAction", $"\"{WsusRequests.Namespace.NamespaceName}/{request.Operation}\"");

        return message;
    }

    /// <summary>The answer's bytes; at most one more than allowed, so that too long an answer is seen as such.</summary>
    private static async Task<MemoryStream> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var content = new MemoryStream();
            var buffer = new byte[64 * 1024];
            int read;
            while (content.Length <= MaximumReplyBytes && (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                content.Write(buffer, 0, read);
            }

            content.Position = 0;
            return content;
        }
    }

    private static WsusReply Interpret(Uri service, WsusRequest request, HttpResponseMessage response, MemoryStream content)
    {
        if (content.Length > MaximumReplyBytes)
        {
            throw new EdgeException(ReadFailure.Malformed, $"WSUS at {service} answered {request.Operation} with more than {MaximumReplyBytes / 1024 / 1024} MB; the agent stopped reading.");
        }

        var status = string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)response.StatusCode}");
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                return WsusReply.Parse(service, request, content);
            case HttpStatusCode.Unauthorized:
                throw new WsusSignInException($"WSUS at {service} refuses the agent's sign-in ({status}). {SignInAdvice(service)}");
            case HttpStatusCode.Forbidden:
                throw new EdgeException(ReadFailure.AccessDenied, $"WSUS at {service} refuses the agent's account ({status}). Add it to the group WSUS Administrators; if WSUS requires TLS, check that the registry says UsingSSL = 1.");
            case HttpStatusCode.ServiceUnavailable:
                throw new EdgeException(ReadFailure.Unavailable, $"WSUS's administration service isn't available ({status} from {service}): its application pool is stopped, or its queue is full.");
            case HttpStatusCode.InternalServerError when WsusReply.FindFault(content) is { } fault:
                throw new EdgeException(ReadFailure.Fault, $"WSUS answered {request.Operation} with an error ({status}): {fault}");
            default:
                throw new EdgeException(ReadFailure.Fault, $"WSUS at {service} answered {request.Operation} with {status} {response.ReasonPhrase}.");
        }
    }

    /// <summary>A service that is Local System already has the rights; what stands in its way is the name.</summary>
    private static string SignInAdvice(Uri service) => service.IsLoopback
        ? "If the agent runs as Local System, a policy may deny incoming NTLM. Any other account must be in the local group WSUS Administrators."
        : $@"If the agent runs as Local System, the reason is most often Windows' loopback check, which refuses sign-ins to a server's own name. Add {service.Host} to BackConnectionHostNames (REG_MULTI_SZ in HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0) and restart the server. Any other account must be in the local group WSUS Administrators.";

    private static EdgeException Explain(Uri service, WsusRequest request, HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new EdgeException(ReadFailure.Unavailable, $"This server can't resolve WSUS's host name ({service.Host}).", exception),
        HttpRequestError.SecureConnectionError => new EdgeException(ReadFailure.AccessDenied, $"TLS with WSUS at {service} failed: {Innermost(exception).Message} The name must be the one in WSUS's certificate (Agent:WsusHost).", exception),
        HttpRequestError.ConnectionError => new EdgeException(ReadFailure.Unavailable, $"Nothing answers at {service}: {Innermost(exception).Message}. Check that the web server (W3SVC) is running and that the port is right.", exception),
        HttpRequestError.ResponseEnded => new EdgeException(ReadFailure.Malformed, $"WSUS at {service} ended the connection without a complete answer to {request.Operation}.", exception),
        _ => new EdgeException(ReadFailure.Malformed, $"WSUS at {service} gave no valid answer to {request.Operation}: {Innermost(exception).Message}", exception),
    };

    private static Exception Innermost(Exception exception) => exception.GetBaseException();
}

/// <summary>WSUS does not take the agent's sign-in (HTTP 401): nothing was carried out.</summary>
public sealed class WsusSignInException(string message) : EdgeException(ReadFailure.AccessDenied, message);
