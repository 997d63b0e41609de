using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>A man in the middle: takes the hub's TLS with a key of his own, opens another TLS to the agent with it, and passes every byte on.</summary>
internal sealed class TlsRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IdentityKey _key = IdentityKey.Create("nobody special", TimeProvider.System.GetUtcNow());
    private readonly CancellationTokenSource _ending = new();
    private readonly int _agentPort;
    private readonly Task _accepting;
    private long _relayed;

    public TlsRelay(int agentPort)
    {
        _agentPort = agentPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Bytes that went through it in clear.</summary>
    public long Relayed => Interlocked.Read(ref _relayed);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        _key.Dispose();
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_ending.Token);
                _ = RelayAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var hub = client;
        using var agent = new TcpClient();
        try
        {
            await agent.ConnectAsync(IPAddress.Loopback, _agentPort, _ending.Token);
            await using var toHub = new SslStream(hub.GetStream(), false, (_, certificate, _, _) => certificate is not null);
            await using var toAgent = new SslStream(agent.GetStream(), false, (_, certificate, _, _) => certificate is not null);
            await toHub.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = _key.Certificate, ClientCertificateRequired = true, ApplicationProtocols = [SslApplicationProtocol.Http2] }, _ending.Token);
            await toAgent.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = [_key.Certificate], ApplicationProtocols = [SslApplicationProtocol.Http2] }, _ending.Token);
            await Task.WhenAny(PassAsync(toHub, toAgent), PassAsync(toAgent, toHub));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // One side hung up.
        }
    }

    private async Task PassAsync(SslStream from, SslStream to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, _ending.Token) is var count and > 0)
        {
            Interlocked.Add(ref _relayed, count);
            await to.WriteAsync(buffer.AsMemory(0, count), _ending.Token);
        }
    }
}
