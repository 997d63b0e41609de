using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using Grpc.Core;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>A fake agent that opens its connections itself, as often and to whom the test wants, and keeps what dashboards say of the hub's addresses.</summary>
internal sealed class DialledAgent : IAsyncDisposable
{
    private readonly FakeTrust _trust;
    private readonly List<IAsyncDisposable> _opened = [];
    private readonly CancellationTokenSource _ending = new();

    private DialledAgent(FakeAgent fake, FakeTrust trust) => (Fake, _trust) = (fake, trust);

    /// <summary>What it answers, and the watches that were opened.</summary>
    public FakeAgent Fake { get; }

    /// <summary>What dashboards announced, in the order in which it came.</summary>
    public ChannelReader<Wire.AnnounceAddressesRequest> Announced => _trust.Announced.Reader;

    /// <summary>Pins of the next keys that dashboards announced.</summary>
    public IReadOnlyCollection<string> HubKeys => _trust.HubKeys;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<DialledAgent> StartAsync()
    {
        var trust = new FakeTrust();
        return new(await FakeAgent.StartPlainAsync(trust), trust);
    }

    /// <summary>A connection with the key that all fake agents have.</summary>
    /// <param name="port">A dashboard's port for agents.</param>
    /// <returns>What the dashboard answered, and a task that ends with the connection.</returns>
    public async Task<(OutboundAnswer Answer, Task Ended)> DialAsync(int port)
    {
        var (answer, stream) = await ConnectAsync(port, FakeAgent.Key);
        _opened.Add(stream);
        return (answer, answer == OutboundAnswer.Taken ? RelayAsync(stream) : Task.CompletedTask);
    }

    /// <summary>Connects as any agent does, and reads the answer.</summary>
    public static async Task<(OutboundAnswer Answer, SslStream Stream)> ConnectAsync(int port, IdentityKey key)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, Token);
        var stream = new SslStream(client.GetStream());
        var tls = PinnedTls.ForClient(key, certificate => certificate is not null);
        (tls.TargetHost, tls.ApplicationProtocols) = ("localhost", [OutboundProtocol.Protocol]);
        await stream.AuthenticateAsClientAsync(tls, Token);
        var answer = new byte[OutboundProtocol.AnswerBytes];
        await stream.ReadExactlyAsync(answer, Token);
        return ((OutboundAnswer)answer[0], stream);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        foreach (var opened in _opened)
        {
            await opened.DisposeAsync();
        }

        await Fake.DisposeAsync();
        _ending.Dispose();
    }

    /// <summary>The agent is the server of the connection that it has opened: what the dashboard says there goes to the fake, in plain text.</summary>
    private async Task RelayAsync(SslStream stream)
    {
        using var inner = new TcpClient { NoDelay = true };
        await inner.ConnectAsync(IPAddress.Loopback, Fake.Port, Token);
        try
        {
            await Task.WhenAny(stream.CopyToAsync(inner.GetStream(), _ending.Token), inner.GetStream().CopyToAsync(stream, _ending.Token));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // One side went away.
        }

        await stream.DisposeAsync();
    }

    private sealed class FakeTrust : Wire.Trust.TrustBase
    {
        public Channel<Wire.AnnounceAddressesRequest> Announced { get; } = Channel.CreateUnbounded<Wire.AnnounceAddressesRequest>();

        public override Task<Wire.GetSuccessorResponse> GetSuccessor(Wire.GetSuccessorRequest request, ServerCallContext context) => Task.FromResult(new Wire.GetSuccessorResponse());

        public ConcurrentQueue<string> HubKeys { get; } = new();

        public override Task<Wire.AnnounceHubKeyResponse> AnnounceHubKey(Wire.AnnounceHubKeyRequest request, ServerCallContext context)
        {
            HubKeys.Enqueue(KeyPin.Of(request.Succession.NextKey.Span));
            return Task.FromResult(new Wire.AnnounceHubKeyResponse());
        }

        public override async Task<Wire.AnnounceAddressesResponse> AnnounceAddresses(Wire.AnnounceAddressesRequest request, ServerCallContext context)
        {
            await Announced.Writer.WriteAsync(request, context.CancellationToken);
            return new();
        }
    }
}
