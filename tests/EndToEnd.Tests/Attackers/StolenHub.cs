using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>What somebody has who stole a hub: its id, its key, and an agent that trusts both. Safe for use from several threads.</summary>
internal sealed class StolenHub : IDisposable
{
    private const int StreamWindowBytes = 65_535;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CommandLife = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<string> _carriedOut = new();
    private readonly ConcurrentQueue<GrpcChannel> _channels = new();
    private readonly IdentityKey _key = IdentityKey.Create("stolen hub", TimeProvider.System.GetUtcNow());
    private readonly Uri _address;
    private string _agentPin = "";
    private int _tickets;

    private StolenHub(Uri address, string name) => (_address, Name) = (address, name);

    public string Id { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public string Name { get; }

    /// <summary>Tickets of the commands that the agent said it has carried out or begun: each must stand in its audit.</summary>
    public IReadOnlyCollection<string> CarriedOut => _carriedOut;

    /// <summary>Pairs a hub with an agent as a dashboard does; from then on it is stolen.</summary>
    /// <param name="address">Of the agent, as hubs reach it.</param>
    /// <param name="pairingCode">What "pair" shows on the server.</param>
    /// <param name="name">How the agent knows it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<StolenHub> PairAsync(Uri address, string pairingCode, string name, CancellationToken cancellationToken)
    {
        Assert.True(PairingCode.TryParse(pairingCode, out var code), pairingCode);
        var hub = new StolenHub(address, name);
        using var call = new Wire.Trust.TrustClient(hub.Connect()).Pair(deadline: Deadline(), cancellationToken: cancellationToken);
        var nonce = PairingProof.CreateNonce();
        await call.RequestStream.WriteAsync(new() { Hello = new() { HubId = hub.Id, HubName = name, Nonce = ByteString.CopyFrom(nonce) } }, cancellationToken);
        Assert.True(await call.ResponseStream.MoveNext(cancellationToken));
        var channel = new PairingChannel(hub._key.Pin, hub._agentPin, nonce, call.ResponseStream.Current.Nonce.Memory);
        await call.RequestStream.WriteAsync(new() { Proof = ByteString.CopyFrom(PairingProof.Create(PairingRole.Hub, code, channel)) }, cancellationToken);
        Assert.True(await call.ResponseStream.MoveNext(cancellationToken));
        Assert.True(PairingProof.IsRight(call.ResponseStream.Current.Result.Proof.Span, PairingRole.Agent, code, channel));
        return hub;
    }

    /// <summary>A connection of its own. Nothing is read ahead beyond one small window a stream, so that who does not read leaves the rest with the agent.</summary>
    public GrpcChannel Connect()
    {
        var channel = GrpcChannel.ForAddress(_address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                UseProxy = false,
                EnableMultipleHttp2Connections = false,
                InitialHttp2StreamWindowSize = StreamWindowBytes,
                SslOptions = PinnedTls.ForClient(_key, certificate =>
                {
                    using var seen = certificate is null ? null : System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                    _agentPin = seen is null ? "" : KeyPin.Of(seen);
                    return seen is not null;
                }),
            },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = ContractLimits.MaximumMessageBytes,
        });
        _channels.Enqueue(channel);
        return channel;
    }

    /// <summary>A connection of its own, for the agent's verbs.</summary>
    public Wire.Agent.AgentClient ConnectAgent() => new(Connect());

    /// <summary>For one question.</summary>
    public static CallOptions Options(CancellationToken cancellationToken) => new(deadline: Deadline(), cancellationToken: cancellationToken);

    /// <summary>Sends a command under a ticket of its own, and notes the ticket where the agent has carried it out or begun it.</summary>
    /// <param name="send">Sends it; the value is whether something was begun.</param>
    /// <param name="cancellationToken">Gives up waiting; whether it was carried out is not known then, and not noted.</param>
    public async Task CommandAsync(Func<Wire.CommandContext, CallOptions, Task<bool>> send, CancellationToken cancellationToken)
    {
        var context = Context();
        if (await send(context, Options(cancellationToken)))
        {
            _carriedOut.Enqueue(context.Ticket);
        }
    }

    /// <summary>A context that the agent takes, with a ticket that nobody has had.</summary>
    public Wire.CommandContext Context()
    {
        var issued = TimeProvider.System.GetUtcNow();
        return new()
        {
            Person = "mallory",
            Hub = Id,
            Reason = "because",
            Ticket = string.Create(CultureInfo.InvariantCulture, $"{Id[..8]}-{Interlocked.Increment(ref _tickets)}"),
            IdempotencyKey = Guid.NewGuid().ToString("N"),
            IssuedAt = Timestamp.FromDateTimeOffset(issued),
            ExpiresAt = Timestamp.FromDateTimeOffset(issued + CommandLife),
        };
    }

    public void Dispose()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        _key.Dispose();
    }

    private static DateTime Deadline() => TimeProvider.System.GetUtcNow().UtcDateTime + AnswerLimit;
}
