using System.Globalization;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Ingest.Replication;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>Begins and ends the watching of one server while the dashboard runs. Where several dashboards share the fleet, each hears of it, and the owner of the server does it.</summary>
internal sealed class ServerWatcher(FleetIngest ingest, AgentLinks links, OutboundAgents outbound, FleetStartup loading, IOwnership ownership, Announcements announcements, DashboardOptions options)
{
    /// <summary>A new server, or one whose name or address was edited: what is known of it stays.</summary>
    /// <remarks>Waits for the start of the dashboard: a server that is added meanwhile would be taken up twice, with two links that contradict each other.</remarks>
    public async Task RestartAsync(ServerEntity server)
    {
        await FollowAsync(server);
        announcements.Tell(Topics.Servers, Text(server.Id));
    }

    /// <summary>Begins the watch of a server anew, whatever its link waits for; nothing where it is not watched.</summary>
    public async Task AgainAsync(int serverId)
    {
        await loading.WhenLoaded;
        await loading.InTurnAsync(async () =>
        {
            if (ingest.Find(serverId) is { } known)
            {
                await links.StopAsync(serverId);
                links.Start(known.Identity, TimeSpan.Zero);
            }
        });
    }

    public async Task StopAsync(int serverId)
    {
        await ForgetAsync(serverId);
        announcements.Tell(Topics.Servers, Text(serverId));
    }

    /// <summary>What <see cref="RestartAsync"/> does, for a change that another dashboard has made.</summary>
    public async Task FollowAsync(ServerEntity server)
    {
        await loading.WhenLoaded;
        await loading.InTurnAsync(() => ownership.Owned.Owns(server.Id) ? WatchAsync(server) : ShowAsync(server));
    }

    /// <summary>What <see cref="StopAsync"/> does, for a server that another dashboard has removed.</summary>
    public async Task ForgetAsync(int serverId) => await loading.InTurnAsync(async () =>
    {
        outbound.Forget(serverId);
        await links.RemoveAsync(serverId);
        ingest.Remove(serverId);
    });

    private async Task WatchAsync(ServerEntity server)
    {
        var identity = ServerIdentity.Of(server, options);
        outbound.Follow(identity);
        var known = ingest.Find(server.Id);
        if (known?.Identity == identity)
        {
            return;
        }

        if (known is null)
        {
            await loading.TakeAsync(server.Id);
            return;
        }

        await links.StopAsync(server.Id);
        ingest.SetIdentity(server.Id, identity);
        links.Start(identity, TimeSpan.Zero);
    }

    private Task ShowAsync(ServerEntity server)
    {
        var identity = ServerIdentity.Of(server, options);
        outbound.Follow(identity);
        ingest.TakeOther(identity, shown => LiveRow.Show(identity, shown, server.Status));
        return Task.CompletedTask;
    }

    private static string Text(int serverId) => serverId.ToString(CultureInfo.InvariantCulture);
}
