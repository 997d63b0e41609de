using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>A hub that a test holds in its hands: its key, its connections over real TLS, and every message of its own making.</summary>
internal sealed class TestHub : IDisposable
{
    private readonly List<GrpcChannel> _channels = [];

    public string Id { get; init; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public IdentityKey Key { get; set; } = IdentityKey.Create("test hub", TimeProvider.System.GetUtcNow());

    /// <summary>Pin of the key that the other end showed last.</summary>
    public string SeenPin { get; private set; } = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Uri AddressOf(TestAgent agent) => agent.Address;

    /// <summary>A hub that is paired with this agent.</summary>
    public static async Task<TestHub> PairedAsync(TestAgent agent)
    {
        var hub = new TestHub();
        await hub.PairAsync(AddressOf(agent), await agent.OpenPairingAsync());
        return hub;
    }

    public GrpcChannel Connect(Uri address)
    {
        var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = CreateHandler(), DisposeHttpClient = true });
        _channels.Add(channel);
        return channel;
    }

    public Wire.Agent.AgentClient Agent(TestAgent agent) => new(Connect(AddressOf(agent)));

    public Wire.Trust.TrustClient Trust(TestAgent agent) => new(Connect(AddressOf(agent)));

    public HttpClient Http(TestAgent agent) => new(CreateHandler()) { BaseAddress = AddressOf(agent) };

    /// <summary>The pairing as a hub does it; throws what the agent answers.</summary>
    public async Task PairAsync(Uri address, PairingCode code)
    {
        using var call = new Wire.Trust.TrustClient(Connect(address)).Pair(cancellationToken: Token);
        var nonce = PairingProof.CreateNonce();
        await call.RequestStream.WriteAsync(new Wire.PairRequest { Hello = new() { HubId = Id, HubName = "test hub", Nonce = ByteString.CopyFrom(nonce) } }, Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        var channel = new PairingChannel(Key.Pin, SeenPin, nonce, call.ResponseStream.Current.Nonce.Memory);
        await call.RequestStream.WriteAsync(new Wire.PairRequest { Proof = ByteString.CopyFrom(PairingProof.Create(PairingRole.Hub, code, channel)) }, Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.True(PairingProof.IsRight(call.ResponseStream.Current.Result.Proof.Span, PairingRole.Agent, code, channel));
    }

    /// <summary>A context that the agent takes, unless a test changes it.</summary>
    public Wire.CommandContext Context(string key = "", DateTimeOffset? issuedAt = null, TimeSpan? life = null)
    {
        var issued = issuedAt ?? TimeProvider.System.GetUtcNow();
        return new()
        {
            Person = "ann",
            Hub = Id,
            Reason = "because",
            Ticket = "CHG-7",
            IdempotencyKey = key.Length > 0 ? key : Guid.NewGuid().ToString("N"),
            IssuedAt = Timestamp.FromDateTimeOffset(issued),
            ExpiresAt = Timestamp.FromDateTimeOffset(issued + (life ?? TimeSpan.FromMinutes(2))),
        };
    }

    public void Dispose()
    {
        _channels.ForEach(channel => channel.Dispose());
        Key.Dispose();
    }

    private SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        SslOptions = new()
        {
            LocalCertificateSelectionCallback = (_, _, _, _, _) => Key.Certificate,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                using var seen = certificate is null ? null : System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                SeenPin = seen is null ? "" : KeyPin.Of(seen);
                return seen is not null;
            },
        },
    };
}
