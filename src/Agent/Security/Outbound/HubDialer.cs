using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Outbound;

/// <summary>Opens connections to hubs, directly or through the proxy of the options. Nothing of this agent but its certificate is sent before the hub's key has been found right.</summary>
internal sealed class HubDialer(AgentOptions options)
{
    /// <summary>For name, connection, proxy, handshake and the hub's answer together: a hub that all its agents come back to at once takes some seconds.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection that the hub keeps.</summary>
    /// <param name="hub">The hub's port for agents.</param>
    /// <param name="key">The key that the agent shows.</param>
    /// <param name="isTrusted">Whether the pin is that of the hub.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OutboundException">It didn't come to that.</exception>
    public Task<HubConnection> ConnectAsync(Uri hub, IdentityKey key, Func<string, bool> isTrusted, CancellationToken cancellationToken) => WithinLimitAsync(
        hub,
        async token =>
        {
            var connection = await ShakeHandsAsync(hub, key, isTrusted, OutboundProtocol.Protocol, token);
            try
            {
                if (connection.Tls.NegotiatedApplicationProtocol != OutboundProtocol.Protocol)
                {
                    throw new OutboundException("what answers there takes no connections of agents: update the dashboard, or check the port", OutboundFailure.Unreachable);
                }

                var answer = new byte[OutboundProtocol.AnswerBytes];
                await connection.Tls.ReadExactlyAsync(answer, token);
                return (OutboundAnswer)answer[0] switch
                {
                    OutboundAnswer.Taken => connection,
                    OutboundAnswer.NotReady => throw new OutboundException("the dashboard is starting", OutboundFailure.NotReady),
                    OutboundAnswer.Unknown => throw new OutboundException("the dashboard doesn't watch this server: it was removed or unpaired there, or someone still has to admit it", OutboundFailure.Refused),
                    _ => throw new OutboundException("what answers there isn't a dashboard of this version", OutboundFailure.Unreachable),
                };
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        },
        cancellationToken);

    /// <summary>Looks whether the hub answers with its key; nothing else is asked of it, and a connection that is open stays.</summary>
    /// <exception cref="OutboundException">It doesn't.</exception>
    public Task LookAsync(Uri hub, IdentityKey key, Func<string, bool> isTrusted, CancellationToken cancellationToken) => WithinLimitAsync(
        hub,
        async token =>
        {
            await using var connection = await ShakeHandsAsync(hub, key, isTrusted, SslApplicationProtocol.Http11, token);
            return true;
        },
        cancellationToken);

    private async Task<HubConnection> ShakeHandsAsync(Uri hub, IdentityKey key, Func<string, bool> isTrusted, SslApplicationProtocol protocol, CancellationToken cancellationToken)
    {
        var (network, remote) = await OpenNetworkAsync(hub, cancellationToken);
        var stream = new SslStream(network);
        try
        {
            X509Certificate2? seen = null;
            var tls = PinnedTls.ForClient(key, certificate =>
            {
                seen = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                return seen is null ? throw new OutboundException("no key is shown there", OutboundFailure.WrongKey)
                    : isTrusted(KeyPin.Of(seen)) ? true
                    : throw new OutboundException($"another key ({KeyPin.Shown(KeyPin.Of(seen))}) is shown there than the one this agent enrolled with: it's another dashboard, or something between. Nothing was sent", OutboundFailure.WrongKey);
            });
            (tls.TargetHost, tls.ApplicationProtocols, tls.AllowTlsResume) = (hub.IdnHost, [protocol], false);
            await stream.AuthenticateAsClientAsync(tls, cancellationToken);
            return new(stream, seen!, KeyPin.Of(seen!), remote);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private async Task<(Stream Network, IPEndPoint? Remote)> OpenNetworkAsync(Uri hub, CancellationToken cancellationToken)
    {
        if (ProxyTunnel.ProxyOf(options.Hub) is { } proxy)
        {
            return (await ProxyTunnel.OpenAsync(proxy, hub.IdnHost, hub.Port, cancellationToken), null);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(hub.IdnHost, hub.Port, cancellationToken);
            return (new NetworkStream(socket, ownsSocket: true), socket.RemoteEndPoint as IPEndPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<T> WithinLimitAsync<T>(Uri hub, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await attempt(limit.Token);
        }
        catch (Exception exception) when (FindOwn(exception) is { } own)
        {
            throw own;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && exception is SocketException or IOException or AuthenticationException or HttpRequestException or CryptographicException or OperationCanceledException or ObjectDisposedException)
        {
            throw new OutboundException(Describe(hub, exception), OutboundFailure.Unreachable, exception);
        }
    }

    private static OutboundException? FindOwn(Exception? exception) => exception is null or OutboundException ? exception as OutboundException : FindOwn(exception.InnerException);

    private static string Describe(Uri hub, Exception exception) => exception switch
    {
        OperationCanceledException => "no answer in time",
        HttpRequestException => $"the proxy opened no connection: {exception.GetBaseException().Message.TrimEnd('.')}",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"nothing listens on port {hub.Port} of {hub.Host}",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => $"DNS doesn't know {hub.Host}",
        EndOfStreamException => "the connection was closed before the dashboard answered",
        _ => exception.GetBaseException().Message.TrimEnd('.'),
    };
}
