using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>
/// Keeps the trust in a server when keys change, over connections that are paired already. What the other side is told was stored here before,
/// so that an end in the middle loses nothing: the next connection goes on.
/// </summary>
internal sealed partial class KeyRotation(IDbContextFactory<DashboardContext> contexts, HubIdentity hub, HubMembership membership, HubKeyFollower follower, IOwnership ownership, OutboundAgents outbound, Announcements announcements, LinkTiming timing, ILogger<KeyRotation> logger)
{
    private static readonly KeySuccession Nothing = new(default, default, default);

    /// <summary>Learns the agent's next key, takes a renewed one for the paired one, announces this dashboard's next key.</summary>
    /// <returns>The trust as it is now; where it differs, connections are made anew.</returns>
    public async Task<ServerTrust> SettleAsync(ServerIdentity server, ServerTrust trust, AgentChannel agent, CancellationToken cancellationToken)
    {
        var client = new Wire.Trust.TrustClient(agent.Calls);
        var options = new CallOptions(deadline: LinkTiming.Deadline(timing.Answer), cancellationToken: cancellationToken);
        KeySuccession succession;
        try
        {
            var wire = (await client.GetSuccessorAsync(new Wire.GetSuccessorRequest(), options)).Succession;
            succession = wire is null ? Nothing : new(wire.NextKey.Memory, wire.ByCurrent.Memory, wire.ByNext.Memory);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unimplemented)
        {
            return trust;
        }

        var settled = await TakeRenewedAsync(server, trust, agent.Peer);
        if (!succession.NextKey.IsEmpty)
        {
            settled = await TakeSuccessorAsync(server, settled, succession, agent.Peer);
            await client.ConfirmSuccessorAsync(new Wire.ConfirmSuccessorRequest { NextPin = settled.NextAgentPin ?? "" }, options);
        }

        return await AnnounceAsync(server, settled, client, options);
    }

    /// <summary>Stores whose key a server has, as a person decided; null = it is not paired any more.</summary>
    public async Task SaveAsync(int serverId, ServerTrust? trust)
    {
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        await StoreAsync(context, serverId, trust, CancellationToken.None);
        Tell(serverId, trust);
    }

    /// <summary>Stores what the link of a server has learnt, as long as the server is this dashboard's: an owner that was replaced must not bring an old key back.</summary>
    /// <exception cref="OwnershipLostException">Nothing was stored, and the agent must not hear that it was.</exception>
    private async Task SaveOwnAsync(int serverId, ServerTrust trust)
    {
        var terms = ownership.Owned.TermsOf([serverId]);
        if (terms.Count == 0)
        {
            throw new OwnershipLostException([Partitions.Of(serverId)]);
        }

        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        await ownership.WriteAsync(context, terms, token => StoreAsync(context, serverId, trust, token), CancellationToken.None);
        Tell(serverId, trust);
    }

    private static Task<int> StoreAsync(DashboardContext context, int serverId, ServerTrust? trust, CancellationToken cancellationToken) =>
        context.Servers.Where(server => server.Id == serverId).ExecuteUpdateAsync(
            update => update
                .SetProperty(server => server.AgentPin, trust == null ? null : trust.AgentPin)
                .SetProperty(server => server.NextAgentPin, trust == null ? null : trust.NextAgentPin)
                .SetProperty(server => server.HubPin, trust == null ? null : trust.HubPin),
            cancellationToken);

    private void Tell(int serverId, ServerTrust? trust)
    {
        outbound.Change(serverId, trust);
        announcements.Tell(Topics.Servers, serverId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Begins a change of this dashboard's key, or goes on with one. Each agent learns the next key at its next connection.</summary>
    /// <returns>Names of the servers whose agents do not know it yet.</returns>
    /// <remarks>Where several dashboards share the database, each takes the next key over first (<see cref="HubKeyFollower"/>).</remarks>
    public async Task<IReadOnlyList<string>> RotateHubKeyAsync(CancellationToken cancellationToken)
    {
        await membership.BeginSuccessionAsync(cancellationToken);
        await follower.LookAsync(cancellationToken);
        return await EndRotationAsync(cancellationToken);
    }

    /// <summary>Names of the paired servers that do not know the next key yet; empty outside of a rotation.</summary>
    public Task<IReadOnlyList<string>> ReadWaitingAsync(CancellationToken cancellationToken) =>
        hub.Keys.Next is { } next ? ReadWaitingAsync(next.Pin, cancellationToken) : Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Uses the next key once every paired agent knows it.</summary>
    private async Task<IReadOnlyList<string>> EndRotationAsync(CancellationToken cancellationToken)
    {
        var waiting = await ReadWaitingAsync(cancellationToken);
        if (waiting.Count == 0 && hub.Keys.Next is { } next)
        {
            await membership.RenewAsync(next.Pin, cancellationToken);
            hub.Keys.TakeNext();
            announcements.Tell(Topics.HubKey, Announcements.Everything);
            Log.HubKeyRenewed(logger, KeyPin.Shown(next.Pin));
        }

        return waiting;
    }

    private async Task<ServerTrust> TakeRenewedAsync(ServerIdentity server, ServerTrust trust, AgentPeer peer)
    {
        if (peer.Seen is not { } seen || !KeyPin.AreSame(KeyPin.Of(seen), trust.NextAgentPin))
        {
            return trust;
        }

        var renewed = trust with { AgentPin = trust.NextAgentPin!, NextAgentPin = null };
        await SaveOwnAsync(server.Id, renewed);
        Log.AgentKeyRenewed(logger, server.Name, KeyPin.Shown(renewed.AgentPin));
        return renewed;
    }

    private async Task<ServerTrust> TakeSuccessorAsync(ServerIdentity server, ServerTrust trust, KeySuccession succession, AgentPeer peer)
    {
        if (peer.Seen is not { } seen || !succession.IsRight(PairingRole.Agent, seen))
        {
            throw new AgentKeyException("it announced a next key that its own key hasn't signed");
        }

        if (KeyPin.AreSame(trust.NextAgentPin, succession.NextPin))
        {
            return trust;
        }

        var announced = trust with { NextAgentPin = succession.NextPin };
        await SaveOwnAsync(server.Id, announced);
        return announced;
    }

    private async Task<ServerTrust> AnnounceAsync(ServerIdentity server, ServerTrust trust, Wire.Trust.TrustClient client, CallOptions options)
    {
        // The statement is signed by the key that this connection shows; an agent that knows the next key already has nothing to learn.
        if (hub.Keys.Next is not { } next || hub.Keys.Succession(PairingRole.Hub) is not { } succession || !KeyPin.AreSame(trust.HubPin, hub.Keys.Current.Pin) || !follower.MayAnnounce(next.Pin))
        {
            return trust;
        }

        await client.AnnounceHubKeyAsync(
            new Wire.AnnounceHubKeyRequest
            {
                Succession = new()
                {
                    NextKey = ByteString.CopyFrom(succession.NextKey.Span),
                    ByCurrent = ByteString.CopyFrom(succession.ByCurrent.Span),
                    ByNext = ByteString.CopyFrom(succession.ByNext.Span),
                },
            },
            options);
        var known = trust with { HubPin = next.Pin };
        await SaveOwnAsync(server.Id, known);
        await EndRotationAsync(CancellationToken.None);
        return known;
    }

    private async Task<IReadOnlyList<string>> ReadWaitingAsync(string nextPin, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var paired = await context.Servers.AsNoTracking()
            .Where(server => server.AgentPin != null && server.HubPin != nextPin)
            .OrderBy(server => server.NameKey)
            .Select(server => server.Name)
            .ToListAsync(cancellationToken);

        // Agents that wait to be admitted trust the key that their token named, and are spoken to only once they are admitted.
        var admissions = await context.Admissions.AsNoTracking().OrderBy(admission => admission.Id).Select(admission => admission.ComputerName).ToListAsync(cancellationToken);
        return [.. paired, .. admissions.Select(name => $"{name} (waiting to be admitted)")];
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{ServerName} now uses its next key {Key}")]
        public static partial void AgentKeyRenewed(ILogger logger, string serverName, string key);

        [LoggerMessage(2, LogLevel.Information, "Every paired agent knows this dashboard's next key {Key}; it's now in use")]
        public static partial void HubKeyRenewed(ILogger logger, string key);
    }
}
