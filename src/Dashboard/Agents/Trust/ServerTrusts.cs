using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents.Trust;

/// <summary>Begins and ends the trust in a server: in the database first, then for its link.</summary>
internal sealed class ServerTrusts(
    IDbContextFactory<DashboardContext> contexts, KeyRotation rotation, ServerWatcher watch, AgentConnections connections, AgentQuarantines quarantines, HubIdentity hub, DashboardOptions options, LinkTiming timing)
{
    /// <summary>Stores whose key a server has, and connects.</summary>
    public async Task BeginAsync(int serverId, ServerTrust trust, string agentId, string by, DateTimeOffset at)
    {
        await rotation.SaveAsync(serverId, trust);
        var wasInQuarantine = await quarantines.ReleaseAsync(serverId);
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        var pairedAt = at.UtcDateTime;
        await context.Servers.Where(server => server.Id == serverId).ExecuteUpdateAsync(
            update => update.SetProperty(server => server.PairedAt, pairedAt).SetProperty(server => server.PairedBy, by).SetProperty(server => server.AgentId, agentId), CancellationToken.None);
        if (await context.Servers.AsNoTracking().FirstOrDefaultAsync(entity => entity.Id == serverId, CancellationToken.None) is { } server)
        {
            connections.Close(serverId);
            await watch.RestartAsync(server);
            if (wasInQuarantine)
            {
                await watch.AgainAsync(serverId);
            }
        }
    }

    /// <summary>Tells the agent where it answers, forgets its key, and cuts the link.</summary>
    /// <returns>True where the agent has forgotten this dashboard.</returns>
    public async Task<bool> EndAsync(ServerEntity server, CancellationToken cancellationToken)
    {
        var wasTold = await TellAsync(ServerIdentity.Of(server, options), cancellationToken);
        await rotation.SaveAsync(server.Id, null);
        (server.AgentPin, server.NextAgentPin, server.HubPin) = (null, null, null);
        connections.Close(server.Id);
        await watch.RestartAsync(server);
        return wasTold;
    }

    /// <summary>Tells an agent that registered itself that nobody took it: it forgets this dashboard, and says so in its own audit.</summary>
    /// <returns>True where it has.</returns>
    public async Task<bool> RefuseAsync(string address, string agentPin, string reason, CancellationToken cancellationToken)
    {
        var agent = connections.OpenChannel(address, new AgentPeer(hub, new ServerTrust(agentPin, null, hub.Keys.Current.Pin)));
        using var channel = agent.Channel;
        return await TellAsync(agent.Calls, reason, cancellationToken);
    }

    private async Task<bool> TellAsync(ServerIdentity server, CancellationToken cancellationToken)
    {
        if (server.Trust is null)
        {
            return true;
        }

        try
        {
            return await TellAsync(connections.GetChannel(server).Calls, "An administrator ended the trust there.", cancellationToken);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or RpcException)
        {
            return false;
        }
    }

    private async Task<bool> TellAsync(CallInvoker calls, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await new Wire.Trust.TrustClient(calls).UnpairAsync(new Wire.UnpairRequest { Reason = reason }, deadline: LinkTiming.Deadline(timing.Answer), cancellationToken: cancellationToken);
            return true;
        }
        catch (RpcException exception)
        {
            // An agent that does not know this dashboard has forgotten it already.
            return exception.StatusCode == StatusCode.Unauthenticated;
        }
    }
}
