using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using Grpc.Net.Client;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>A hub's port for agents in a test's hands: what it answers, and each connection that an agent has opened.</summary>
internal sealed class ListeningHub : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<SslStream> _taken = Channel.CreateUnbounded<SslStream>();
    private readonly List<IDisposable> _opened = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;

    public ListeningHub(IdentityKey? key = null)
    {
        Key = key ?? IdentityKey.Create("listening hub", TimeProvider.System.GetUtcNow());
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public IdentityKey Key { get; }

    public OutboundAnswer Answer { get; set; } = OutboundAnswer.Taken;

    public Uri Address => new($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Connections that came, whatever became of them.</summary>
    public int Accepted { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The next connection that this hub has taken, behind its answer.</summary>
    public async Task<SslStream> NextAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Eventually.Limit);
        return await _taken.Reader.ReadAsync(limit.Token);
    }

    /// <summary>The contract of the agent at the other end of the next connection.</summary>
    public async Task<GrpcChannel> NextChannelAsync()
    {
        var stream = await NextAsync();
        var channel = GrpcChannel.ForAddress("http://agent", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(stream), UseProxy = false },
            DisposeHttpClient = true,
        });
        _opened.Add(channel);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _opened.ForEach(opened => opened.Dispose());
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_ending.Token);
                Accepted++;
                _opened.Add(client);
                await ServeAsync(new SslStream(client.GetStream()));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test ends.
        }
    }

    private async Task ServeAsync(SslStream stream)
    {
        try
        {
            var tls = PinnedTls.ForServer(Key);
            tls.ApplicationProtocols = [OutboundProtocol.Protocol, SslApplicationProtocol.Http11];
            await stream.AuthenticateAsServerAsync(tls, _ending.Token);
            if (stream.NegotiatedApplicationProtocol != OutboundProtocol.Protocol)
            {
                // Somebody looks whose key is shown here, and asks nothing.
                await stream.DisposeAsync();
                return;
            }

            await stream.WriteAsync(new[] { (byte)Answer }, _ending.Token);
            if (Answer == OutboundAnswer.Taken)
            {
                _taken.Writer.TryWrite(stream);
                return;
            }
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The agent went away in the middle of it.
        }

        await stream.DisposeAsync();
    }
}
