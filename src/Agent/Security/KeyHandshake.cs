using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security;

/// <summary>
/// A TLS connection of this process with itself, the agent's key on both sides: whether the TLS of this system takes the key is then known before a dashboard calls. Windows'
/// Schannel does not take a key that lives in memory only, and says so at a handshake, not before.
/// </summary>
internal static class KeyHandshake
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <returns>How long it took.</returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">TLS does not take the key.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key cannot be used.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="SocketException">There is no loopback.</exception>
    /// <exception cref="OperationCanceledException">It did not come to an end in time, or somebody ended it.</exception>
    public static async Task<TimeSpan> TryAsync(IdentityKey key, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var begun = timeProvider.GetTimestamp();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(backlog: 1);
        using var calling = new TcpClient();
        var accepting = listener.AcceptTcpClientAsync(limit.Token).AsTask();
        await calling.ConnectAsync((IPEndPoint)listener.LocalEndpoint, limit.Token);
        using var called = await accepting;
        await using var server = new SslStream(called.GetStream());
        await using var client = new SslStream(calling.GetStream());
        await Task.WhenAll(ServeAsync(server, key, limit.Token), CallAsync(client, key, limit.Token));
        return timeProvider.GetElapsedTime(begun);
    }

    private static async Task ServeAsync(SslStream server, IdentityKey key, CancellationToken cancellationToken)
    {
        await server.AuthenticateAsServerAsync(PinnedTls.ForServer(key), cancellationToken);
        await server.WriteAsync(new byte[1], cancellationToken);
    }

    // With TLS 1.3 the caller is done before the other side has looked at its certificate: a byte from there says that it has.
    private static async Task CallAsync(SslStream client, IdentityKey key, CancellationToken cancellationToken)
    {
        var options = PinnedTls.ForClient(key, certificate => certificate is not null);
        options.TargetHost = "localhost";
        await client.AuthenticateAsClientAsync(options, cancellationToken);
        await client.ReadExactlyAsync(new byte[1], cancellationToken);
    }
}
