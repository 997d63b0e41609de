using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>Begins and ends the watching of one server while the dashboard runs.</summary>
internal sealed class ServerWatcher(FleetIngest ingest, AgentLinks links, OutboundAgents outbound, FleetStartup loading, DashboardOptions options)
{
    /// <summary>A new server, or one whose name or address was edited: what is known of it stays.</summary>
    /// <remarks>Waits for the start of the dashboard: a server that is added meanwhile would be taken up twice, with two links that contradict each other.</remarks>
    public async Task RestartAsync(ServerEntity server)
    {
        await loading.WhenLoaded;
        var identity = FleetStartup.ToIdentity(server, options);
        if (OutboundAddress.Is(server.Address))
        {
            outbound.Expect(server.Id, identity.Trust);
        }
        else
        {
            outbound.Forget(server.Id);
        }

        if (ingest.Find(server.Id)?.Identity == identity)
        {
            return;
        }

        await links.StopAsync(server.Id);
        if (ingest.Find(server.Id) is null)
        {
            ingest.Add(new ServerState(identity, server.Status, [], [], null, null));
        }
        else
        {
            ingest.SetIdentity(server.Id, identity);
        }

        links.Start(identity, TimeSpan.Zero);
    }

    /// <summary>Begins the watch of a server anew, whatever its link waits for; nothing where it is not watched.</summary>
    public async Task AgainAsync(int serverId)
    {
        await loading.WhenLoaded;
        if (ingest.Find(serverId) is { } known)
        {
            await links.StopAsync(serverId);
            links.Start(known.Identity, TimeSpan.Zero);
        }
    }

    public async Task StopAsync(int serverId)
    {
        outbound.Forget(serverId);
        await links.RemoveAsync(serverId);
        ingest.Remove(serverId);
    }
}
