using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Outbound;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>Who trusts whom, as hubs ask it.</summary>
internal sealed class TrustService(HubTrust trust, AgentStore store, AgentOptions options, IdentityKeys keys, OutboundLinks links, TimeProvider timeProvider) : Wire.Trust.TrustBase
{
    private const int HubIdLength = 32;

    private static readonly TimeSpan PairingLimit = TimeSpan.FromSeconds(30);

    public override async Task Pair(IAsyncStreamReader<Wire.PairRequest> requestStream, IServerStreamWriter<Wire.PairResponse> responseStream, ServerCallContext context)
    {
        using var deadline = new CancellationTokenSource(PairingLimit, timeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, deadline.Token);
        var caller = AgentCaller.Of(context.GetHttpContext());
        var hello = Check((await NextAsync(requestStream, ending.Token)).Hello);
        trust.Begin(caller, hello.HubId, hello.HubName);
        var nonce = PairingProof.CreateNonce();
        await responseStream.WriteAsync(new Wire.PairResponse { Nonce = ByteString.CopyFrom(nonce) }, ending.Token);

        var proof = (await NextAsync(requestStream, ending.Token)).Proof;
        var channel = new PairingChannel(caller.Pin, keys.Current.Pin, hello.Nonce.Memory, nonce);
        var own = trust.Complete(caller, new(hello.HubId, hello.HubName.Trim()), channel, proof.Span);
        var result = new Wire.PairResult { Proof = ByteString.CopyFrom(own), AgentId = store.AgentId, ComputerName = options.ComputerName };
        await responseStream.WriteAsync(new Wire.PairResponse { Result = result }, ending.Token);
    }

    public override Task<Wire.AnnounceHubKeyResponse> AnnounceHubKey(Wire.AnnounceHubKeyRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var succession = request.Succession is { } wire ? new KeySuccession(wire.NextKey.Memory, wire.ByCurrent.Memory, wire.ByNext.Memory) : null;
        if (succession is null || http.Connection.ClientCertificate is not { } certificate || !IsRight(succession, certificate))
        {
            throw new CommandException(CommandFailure.Refused, "The dashboard's next key isn't signed with its current key. The current key stays in use.");
        }

        trust.TakeHubKey(AgentCaller.Of(http), succession.NextPin);
        return Task.FromResult(new Wire.AnnounceHubKeyResponse());
    }

    public override Task<Wire.GetSuccessorResponse> GetSuccessor(Wire.GetSuccessorRequest request, ServerCallContext context)
    {
        var succession = keys.Succession(PairingRole.Agent);
        return Task.FromResult(new Wire.GetSuccessorResponse
        {
            Succession = succession is null ? null : new Wire.Succession
            {
                NextKey = ByteString.CopyFrom(succession.NextKey.Span),
                ByCurrent = ByteString.CopyFrom(succession.ByCurrent.Span),
                ByNext = ByteString.CopyFrom(succession.ByNext.Span),
            },
        });
    }

    public override Task<Wire.ConfirmSuccessorResponse> ConfirmSuccessor(Wire.ConfirmSuccessorRequest request, ServerCallContext context)
    {
        trust.ConfirmSuccessor(AgentCaller.Of(context.GetHttpContext()), request.NextPin);
        return Task.FromResult(new Wire.ConfirmSuccessorResponse());
    }

    public override Task<Wire.AnnounceAddressesResponse> AnnounceAddresses(Wire.AnnounceAddressesRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var addresses = Check(request);
        var list = new SignedAddresses(request.List.HubId, request.List.Revision, [.. request.List.Addresses], request.List.Key.Memory, request.List.Signature.Memory);
        trust.TakeAddresses(AgentCaller.Of(http), list, addresses);

        // Over the network port there is none: the hub has connected.
        if (http.Features.Get<HubConnection>() is { } connection)
        {
            links.NoteSpeaker(connection, request.Speaker.Length > 0 ? new Uri(request.Speaker) : null);
        }

        return Task.FromResult(new Wire.AnnounceAddressesResponse());
    }

    public override Task<Wire.UnpairResponse> Unpair(Wire.UnpairRequest request, ServerCallContext context)
    {
        // Its other requests are cut at once; this one must still be answered.
        trust.UnpairByHub(AgentCaller.Of(context.GetHttpContext()), request.Reason, context.GetHttpContext());
        return Task.FromResult(new Wire.UnpairResponse());
    }

    private static bool IsRight(KeySuccession succession, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        try
        {
            return succession.IsRight(PairingRole.Hub, certificate);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static async Task<Wire.PairRequest> NextAsync(IAsyncStreamReader<Wire.PairRequest> requests, CancellationToken cancellationToken) =>
        await requests.MoveNext(cancellationToken)
            ? requests.Current
            : throw new CommandException(CommandFailure.Refused, "The dashboard ended the pairing before it was complete. Nothing was changed.");

    private static List<Uri> Check(Wire.AnnounceAddressesRequest request)
    {
        var checks = new FieldChecks();
        if (request.List is not { } list)
        {
            throw checks.Add("list", "list is missing.").ToException();
        }

        if (list.Revision < 1)
        {
            checks.Add("list.revision", $"list.revision is {list.Revision}; allowed: 1 or more.");
        }

        if (list.Addresses.Count > OutboundProtocol.MaximumAddresses)
        {
            checks.Add("list.addresses", $"list.addresses has {list.Addresses.Count} addresses; allowed: at most {OutboundProtocol.MaximumAddresses}.");
        }

        List<Uri> addresses = [];
        foreach (var text in list.Addresses)
        {
            if (HubAddress.TryRead(text, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                checks.Add("list.addresses", $"\"{FieldChecks.Shown(text)}\" is no address of a dashboard; allowed: {HubAddress.Allowed}.");
            }
        }

        if (request.Speaker.Length > 0 && !list.Addresses.Contains(request.Speaker))
        {
            checks.Add("speaker", $"speaker is \"{FieldChecks.Shown(request.Speaker)}\", which isn't in the list.");
        }

        checks.ThrowIfWrong();
        return addresses;
    }

    private static Wire.PairHello Check(Wire.PairHello? hello)
    {
        var checks = new FieldChecks();
        if (hello is null)
        {
            checks.Add("hello", "A pairing must start with hello.").ThrowIfWrong();
        }

        if (hello!.HubId.Length != HubIdLength || !hello.HubId.All(char.IsAsciiHexDigitLower))
        {
            checks.Add("hub_id", "hub_id must be 32 lower-case hexadecimal digits.");
        }

        checks.Needed("hub_name", hello.HubName);
        if (hello.Nonce.Length != PairingProof.NonceBytes)
        {
            checks.Add("nonce", $"nonce must have {PairingProof.NonceBytes} bytes.");
        }

        checks.ThrowIfWrong();
        return hello;
    }
}
