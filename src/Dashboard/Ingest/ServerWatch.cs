using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Begins and ends the watching of one server while the dashboard runs.</summary>
internal sealed class ServerWatch(LiveState live, FleetIngest ingest, AgentLinks links, FleetLoading loading, DashboardOptions options)
{
    public ServerLive? Find(int serverId) => live.Find(serverId);

    /// <summary>A new server, or one whose name or address was edited: what is known of it stays.</summary>
    /// <remarks>Waits for the start of the dashboard: a server that is added meanwhile would be taken up twice, with two links that contradict each other.</remarks>
    public async Task RestartAsync(ServerEntity server)
    {
        await loading.WhenLoaded;
        var identity = FleetLoading.ToIdentity(server, options);
        if (ingest.Find(server.Id)?.Identity == identity)
        {
            return;
        }

        await links.StopAsync(server.Id);
        if (ingest.Find(server.Id) is { } monitor)
        {
            monitor.Identity = identity;
            ingest.MarkDirty(server.Id);
        }
        else
        {
            ingest.Add(new ServerMonitor(identity, server.Status, [], [], null, null));
        }

        links.Start(identity, TimeSpan.Zero);
    }

    public async Task StopAsync(int serverId)
    {
        await links.RemoveAsync(serverId);
        ingest.Remove(serverId);
    }
}
