using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Benchmarks.Fleet.Swarm;

/// <summary>Connects every server of the swarm to each dashboard, as agents that enrolled do, and gives Kestrel the connections as if they had come in. Threading: one loop a server and dashboard.</summary>
/// <param name="fleet">The servers.</param>
/// <param name="hubPorts">The dashboards' ports for agents, on 127.0.0.1.</param>
/// <param name="hubPins">The dashboards' keys.</param>
internal sealed class SwarmDialer(SwarmFleet fleet, IReadOnlyList<int> hubPorts, IReadOnlySet<string> hubPins) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
{
    /// <summary>Pauses, limit and what counts as a good connection are the agent's.</summary>
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan GoodTime = TimeSpan.FromMinutes(1);

    private readonly Channel<Connection> _connections = Channel.CreateBounded<Connection>(1_000);
    private readonly CancellationTokenSource _ending = new();
    private Task _dialing = Task.CompletedTask;
    private int _isDisposed;

    public EndPoint EndPoint { get; } = new SwarmEndPoint();

    public bool CanBind(EndPoint endpoint) => endpoint == EndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        _dialing = Task.WhenAll(hubPorts.SelectMany(port => Enumerable.Range(0, fleet.Servers.Count).Select(index => DialAsync(index, port))));
        return ValueTask.FromResult<IConnectionListener>(this);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _connections.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_connections.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _ending.CancelAsync();
        await _dialing;
        _connections.Writer.TryComplete();
    }

    /// <summary>Kestrel does it, and whoever made it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            await UnbindAsync();
            _ending.Dispose();
        }
    }

    private async Task DialAsync(int index, int port)
    {
        await Task.Yield();
        for (var failures = 1; !_ending.IsCancellationRequested; failures++)
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            try
            {
                await using var connection = await ConnectAsync(index, port);
                await _connections.Writer.WriteAsync(connection, _ending.Token);
                await Task.Delay(Timeout.Infinite, connection.ConnectionClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
            {
                // The dashboard isn't there, or isn't ready: as an agent, it tries again.
            }

            failures = System.Diagnostics.Stopwatch.GetElapsedTime(began) > GoodTime ? 0 : failures;
            await Task.Delay(Pauses.Next(Math.Max(1, failures)), _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Connection> ConnectAsync(int index, int port)
    {
        var server = fleet.Servers[index];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        limit.CancelAfter(Limit);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? stream = null;
        try
        {
            // From its own address, as each server of an estate comes from its own: what the dashboard allows one address is not the measure here.
            socket.Bind(new IPEndPoint(SwarmServer.AddressOf(index), 0));
            await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
            if (server.Behaviour == SwarmBehaviour.Slow)
            {
                await Task.Delay(SwarmHost.SlowHandshake, limit.Token);
            }

            stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            var tls = PinnedTls.ForClient(server.Key, certificate => certificate is X509Certificate2 key && hubPins.Contains(KeyPin.Of(key)));
            (tls.TargetHost, tls.ApplicationProtocols, tls.AllowTlsResume) = ("127.0.0.1", [OutboundProtocol.Protocol], false);
            await stream.AuthenticateAsClientAsync(tls, limit.Token);
            var answer = new byte[OutboundProtocol.AnswerBytes];
            await stream.ReadExactlyAsync(answer, limit.Token);
            if ((OutboundAnswer)answer[0] != OutboundAnswer.Taken)
            {
                throw new IOException($"The dashboard answered {(OutboundAnswer)answer[0]}.");
            }

            SwarmMemory.ReleaseBuffers(stream);
            return new Connection(socket, stream, new IPEndPoint(SwarmServer.AddressOf(index), port));
        }
        catch
        {
            await (stream?.DisposeAsync() ?? default);
            socket.Dispose();
            throw;
        }
    }

    private sealed class SwarmEndPoint : EndPoint;

    /// <summary>A connection as Kestrel serves it; TLS is behind it.</summary>
    private sealed class Connection : ConnectionContext, IDuplexPipe, IConnectionSocketFeature
    {
        private readonly SslStream _stream;
        private readonly CancellationTokenSource _closed = new();
        private int _isClosed;

        public Connection(Socket socket, SslStream stream, IPEndPoint local)
        {
            (Socket, _stream, LocalEndPoint, RemoteEndPoint) = (socket, stream, local, socket.RemoteEndPoint);

            // No buffer while nothing is said: most connections are still most of the time.
            Input = PipeReader.Create(stream, new(useZeroByteReads: true));
            Output = PipeWriter.Create(stream);
            Transport = this;
            ConnectionClosed = _closed.Token;
            Features.Set<IConnectionSocketFeature>(this);
        }

        public Socket Socket { get; }

        public PipeReader Input { get; }

        public PipeWriter Output { get; }

        public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

        public override IDuplexPipe Transport { get; set; }

        public override void Abort(ConnectionAbortedException abortReason) => _ = CloseAsync().AsTask();

        public override async ValueTask DisposeAsync()
        {
            await CloseAsync();
            await base.DisposeAsync();
        }

        private async ValueTask CloseAsync()
        {
            if (Interlocked.Exchange(ref _isClosed, 1) == 0)
            {
                await _stream.DisposeAsync();
                await _closed.CancelAsync();
            }
        }
    }
}
