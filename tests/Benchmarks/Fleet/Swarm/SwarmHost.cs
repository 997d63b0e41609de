using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Benchmarks.Fleet.Swarm;

/// <summary>Serves the swarm: its one port on every loopback address, with the key of the server that is asked for and only for hubs that are paired, or the connections that its servers open themselves.</summary>
internal sealed class SwarmHost : IAsyncDisposable
{
    /// <summary>What a slow server takes for a handshake beyond what it costs.</summary>
    public static readonly TimeSpan SlowHandshake = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FlapInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, SwarmConnection> _connections = new();
    private readonly SwarmFleet _fleet;
    private readonly IReadOnlySet<string> _hubPins;
    private WebApplication? _application;
    private long _bytesOfClosed;

    private SwarmHost(SwarmFleet fleet, IReadOnlySet<string> hubPins) => (_fleet, _hubPins) = (fleet, hubPins);

    public int Connections => _connections.Count;

    /// <summary>Bytes of TCP's payload in both directions since the start, as the system counts them.</summary>
    public long Bytes => Interlocked.Read(ref _bytesOfClosed) + _connections.Values.Sum(connection => connection.Bytes);

    public static async Task<SwarmHost> StartAsync(SwarmFleet fleet, int port, IReadOnlySet<string> hubPins, SwarmDialer? dialer, CancellationToken cancellationToken)
    {
        var host = new SwarmHost(fleet, hubPins);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(fleet).AddSingleton<SwarmAgent>().AddGrpc();
        if (dialer is not null)
        {
            builder.Services.AddSingleton<IConnectionListenerFactory>(dialer);
        }

        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            // Memory for thousands of connections that are mostly still: buffers no larger than their messages.
            kestrel.Limits.Http2.InitialConnectionWindowSize = 128 * 1024;
            kestrel.Limits.Http2.InitialStreamWindowSize = 96 * 1024;
            kestrel.Limits.Http2.HeaderTableSize = 0;
            if (dialer is not null)
            {
                // TLS is outside of these connections, so to the hub's client they have none.
                kestrel.AllowAlternateSchemes = true;
                kestrel.Listen(dialer.EndPoint, listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    listen.Use(host.AcceptAsync);
                });
                return;
            }

            kestrel.ListenAnyIP(port, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(host.AcceptAsync);
                listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = host.ShakeHandsAsync });
                listen.Use((connection, next) =>
                {
                    if (connection.Features.Get<ISslStreamFeature>() is { } tls)
                    {
                        SwarmMemory.ReleaseBuffers(tls.SslStream);
                    }

                    return next();
                });
            });
        }).UseKestrelHttpsConfiguration();
        host._application = builder.Build();
        host._application.UseRouting();
        host._application.MapGrpcService<SwarmAgent>();
        await host._application.StartAsync(cancellationToken);
        return host;
    }

    /// <summary>Cuts connections of servers that are not good, as they behave, until it is cancelled.</summary>
    public async Task SpoilAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var connection in _connections.Values)
            {
                if (connection.Server.Behaviour == SwarmBehaviour.Dead || (connection.Server.Behaviour == SwarmBehaviour.Flapping && connection.Age > FlapInterval))
                {
                    connection.Abort();
                }
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await _application.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _application.DisposeAsync();
        }
    }

    private async Task AcceptAsync(ConnectionContext context, Func<Task> next)
    {
        var server = _fleet.At(((System.Net.IPEndPoint)context.LocalEndPoint!).Address);
        if (server.Behaviour == SwarmBehaviour.Dead)
        {
            context.Abort();
            return;
        }

        var connection = new SwarmConnection(server, context);
        _connections[context.ConnectionId] = connection;
        try
        {
            await next();
        }
        finally
        {
            Interlocked.Add(ref _bytesOfClosed, connection.Bytes);
            _connections.TryRemove(context.ConnectionId, out _);
        }
    }

    private async ValueTask<SslServerAuthenticationOptions> ShakeHandsAsync(TlsHandshakeCallbackContext context)
    {
        var server = _fleet.At(((System.Net.IPEndPoint)context.Connection.LocalEndPoint!).Address);
        if (server.Behaviour == SwarmBehaviour.Slow)
        {
            await Task.Delay(SlowHandshake, context.CancellationToken);
        }

        return new()
        {
            // Offline: a self-signed key has no issuer to look for.
            ServerCertificateContext = server.Key.TlsContext,

            // A dashboard holds one connection to a server: nothing would ever be resumed.
            AllowTlsResume = false,
            ClientCertificateRequired = true,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 key && _hubPins.Contains(KeyPin.Of(key)),
        };
    }

    private sealed class SwarmConnection(SwarmServer server, ConnectionContext context)
    {
        // struct tcp_info of Linux: two counters of 64 bits each, sent and acknowledged, and received.
        private const int TcpLevel = 6;
        private const int TcpInfo = 11;
        private const int AcknowledgedOffset = 120;
        private const int ReceivedOffset = 128;
        private const int InfoLength = 136;

        private readonly long _startedAt = System.Diagnostics.Stopwatch.GetTimestamp();
        private long _bytes;

        public SwarmServer Server => server;

        public TimeSpan Age => System.Diagnostics.Stopwatch.GetElapsedTime(_startedAt);

        /// <summary>As last read; of a closed connection what was read before.</summary>
        public long Bytes
        {
            get
            {
                try
                {
                    Span<byte> info = stackalloc byte[InfoLength];
                    if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket && socket.GetRawSocketOption(TcpLevel, TcpInfo, info) == InfoLength)
                    {
                        _bytes = BitConverter.ToInt64(info[AcknowledgedOffset..]) + BitConverter.ToInt64(info[ReceivedOffset..]);
                    }
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
                {
                    // It was closed in this moment.
                }

                return _bytes;
            }
        }

        public void Abort() => context.Abort();
    }
}
