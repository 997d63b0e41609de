using System.Net;

namespace WsusDashboard.Agent.Security.Outbound;

/// <summary>A connection through an HTTP proxy with CONNECT. .NET's own client speaks to the proxy: it knows the ways of signing in there, and bounds what the proxy may answer.</summary>
internal static class ProxyTunnel
{
    private const int MaximumAnswerKilobytes = 16;

    /// <summary>The proxy of these options with what is needed to sign in there; null where there is none.</summary>
    /// <exception cref="OutboundException">The password can't be read.</exception>
    public static WebProxy? ProxyOf(HubOptions options) => options.Proxy.Length == 0 ? null : new(options.Proxy)
    {
        Credentials = options.ProxyAuthentication switch
        {
            // For this scheme alone: a proxy that asks for another gets nothing.
            HubOptions.Basic => new CredentialCache { { new Uri(options.Proxy), "Basic", new NetworkCredential(options.ProxyUser, ReadPassword(options)) } },
            HubOptions.Windows => CredentialCache.DefaultNetworkCredentials,
            _ => null,
        },
    };

    /// <summary>Opens a connection to the host; what goes through it is the caller's.</summary>
    /// <exception cref="HttpRequestException">The proxy doesn't answer, or refuses.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async Task<Stream> OpenAsync(WebProxy proxy, string host, int port, CancellationToken cancellationToken)
    {
        var tunnel = new Tunnel();
        using var handler = new SocketsHttpHandler
        {
            Proxy = proxy,
            UseCookies = false,
            AllowAutoRedirect = false,
            MaxResponseHeadersLength = MaximumAnswerKilobytes,

            // The client opens the tunnel for a request; the tunnel is kept, and the request is answered here.
            PlaintextStreamFilter = (context, _) => ValueTask.FromResult(context.InitialRequestMessage.Method == HttpMethod.Connect ? context.PlaintextStream : tunnel.Keep(context.PlaintextStream)),
        };
        using var client = new HttpMessageInvoker(handler);

        // Of the schemes that .NET leads through a tunnel this is the one without TLS of its own.
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(Uri.UriSchemeWs, host, port).Uri);
        try
        {
            using var answer = await client.SendAsync(request, cancellationToken);
            return tunnel.Take() ?? throw new HttpRequestException("The proxy opened no connection.");
        }
        finally
        {
            tunnel.GiveUp();
        }
    }

    private static string ReadPassword(HubOptions options)
    {
        try
        {
            return options.ProxyPasswordFile.Length == 0 ? "" : File.ReadLines(options.ProxyPasswordFile).FirstOrDefault() ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OutboundException($"the password for the proxy can't be read: {exception.Message}", OutboundFailure.Unreachable, exception);
        }
    }

    /// <summary>The connection through the proxy. One that opens when nobody waits for it any more is closed. Threading: any.</summary>
    private sealed class Tunnel
    {
        private readonly Lock _gate = new();
        private Stream? _opened;
        private bool _isGivenUp;

        public AnsweredStream Keep(Stream opened)
        {
            lock (_gate)
            {
                _opened = opened;
                if (_isGivenUp)
                {
                    opened.Dispose();
                }
            }

            return new();
        }

        public Stream? Take()
        {
            lock (_gate)
            {
                var taken = _opened;
                _opened = null;
                return taken;
            }
        }

        /// <summary>What was taken stays.</summary>
        public void GiveUp()
        {
            lock (_gate)
            {
                _isGivenUp = true;
                _opened?.Dispose();
                _opened = null;
            }
        }
    }

    /// <summary>Takes whatever request there is, sends it nowhere, and holds an answer to it.</summary>
    private sealed class AnsweredStream() : MemoryStream("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray(), writable: false)
    {
        public override bool CanWrite => true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            // Nobody is to get it.
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
