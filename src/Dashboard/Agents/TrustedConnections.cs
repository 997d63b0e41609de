using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>The connections of links, with the keys of both sides kept up to date. Threading: any thread; one link a server.</summary>
internal sealed class TrustedConnections(AgentConnections connections, OutboundAgents outbound, KeyRotation rotation, FleetIngest ingest)
{
    /// <summary>Looks whether a key has changed on either side since the last connection.</summary>
    /// <returns>The server with its trust as it is now.</returns>
    /// <exception cref="NotPairedException">It is not paired.</exception>
    public async Task<ServerIdentity> SettleAsync(ServerIdentity server, CancellationToken cancellationToken)
    {
        var channel = connections.GetChannel(server);
        if (server.Trust is not { } known || await rotation.SettleAsync(server, known, channel, cancellationToken) is var settled && settled == known)
        {
            return server;
        }

        ingest.SetTrust(server.Id, settled);
        return server with { Trust = settled };
    }

    /// <inheritdoc cref="AgentConnections.Get"/>
    public Wire.Agent.AgentClient Get(ServerIdentity server) => connections.Get(server);

    /// <inheritdoc cref="OutboundAgents.NextArrival"/>
    public Task? NextArrival(int serverId) => outbound.NextArrival(serverId);

    public void Close(int serverId) => connections.Close(serverId);

    /// <summary>Closes the connection of a server that goes to another dashboard; one that the agent has opened stays, for commands from here.</summary>
    public void GiveUp(int serverId)
    {
        if (outbound.NextArrival(serverId) is null)
        {
            connections.Close(serverId);
        }
    }
}
