using Google.Protobuf;
using Grpc.Core;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents.Trust;

/// <summary>An agent that has proved that it knows the code.</summary>
/// <param name="Trust">The keys of both sides.</param>
/// <param name="AgentId">Its id.</param>
/// <param name="ComputerName">The server's name.</param>
internal sealed record PairedAgent(ServerTrust Trust, string AgentId, string ComputerName);

/// <summary>The hub's side of a pairing: over TLS with both keys, each side proves that it knows the code and sees the same keys.</summary>
internal sealed class PairingClient(AgentConnections connections, HubIdentity hub, LinkTiming timing)
{
    /// <summary>Failures: Refused (by the agent, or its proof is wrong), Unreachable, TimedOut, Unavailable.</summary>
    public async Task<Outcome<PairedAgent>> PairAsync(Uri address, PairingCode code, CancellationToken cancellationToken)
    {
        var where = address.Authority;
        try
        {
            return await TryAsync(address, code, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.PermissionDenied or StatusCode.Unauthenticated)
        {
            return new Refused($"{where}: {exception.Status.Detail}");
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.DeadlineExceeded)
        {
            return new TimedOut($"{where} didn't answer in time. Nothing was paired; try again with a new code.");
        }
        catch (RpcException exception)
        {
            return new Unreachable($"{where}: {LinkErrors.Describe(exception)}. Nothing was paired. Check that the agent's service is running there, and check the address, its port and the firewall.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            return new Unavailable($"This dashboard's key can't be used: {exception.Message}");
        }
    }

    private async Task<Outcome<PairedAgent>> TryAsync(Uri address, PairingCode code, CancellationToken cancellationToken)
    {
        var peer = new AgentPeer(hub, null);
        var hubPin = hub.Keys.Current.Pin;
        var agent = connections.OpenChannel(address.GetLeftPart(UriPartial.Authority), peer);
        using var channel = agent.Channel;
        using var call = new Wire.Trust.TrustClient(agent.Calls).Pair(deadline: LinkTiming.Deadline(timing.Answer), cancellationToken: cancellationToken);
        var nonce = PairingProof.CreateNonce();
        await call.RequestStream.WriteAsync(new() { Hello = new() { HubId = hub.Id, HubName = hub.Name, Nonce = ByteString.CopyFrom(nonce) } }, cancellationToken);
        var challenge = (await NextAsync(call.ResponseStream, cancellationToken))?.Nonce;
        if (challenge is not { Length: PairingProof.NonceBytes } || peer.Seen is not { } seen)
        {
            return new Refused($"{address.Authority} doesn't pair the way this version's agents do. Update the agent.");
        }

        var keys = new PairingChannel(hubPin, KeyPin.Of(seen), nonce, challenge.Memory);
        await call.RequestStream.WriteAsync(new() { Proof = ByteString.CopyFrom(PairingProof.Create(PairingRole.Hub, code, keys)) }, cancellationToken);
        var result = (await NextAsync(call.ResponseStream, cancellationToken))?.Result;
        await call.RequestStream.CompleteAsync();
        if (result is null || !PairingProof.IsRight(result.Proof.Span, PairingRole.Agent, code, keys))
        {
            return new Refused($"{address.Authority} didn't prove that it knows the code, so it isn't the agent that showed it. Nothing was paired.");
        }

        return new PairedAgent(new(keys.AgentPin, null, hubPin), result.AgentId, result.ComputerName);
    }

    private static async Task<Wire.PairResponse?> NextAsync(IAsyncStreamReader<Wire.PairResponse> answers, CancellationToken cancellationToken) =>
        await answers.MoveNext(cancellationToken) ? answers.Current : null;
}
