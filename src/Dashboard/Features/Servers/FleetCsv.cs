using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Servers as CSV (RFC 4180), with what the fleet's grid shows of each.</summary>
internal static class FleetCsv
{
    public const int MaximumRows = 10_000;

    public static CsvTable Of(IEnumerable<LiveServer> servers) => new(
        "servers",
        [
            "server_id", "server", "site", "address", "health", "condition", "since_utc", "sentence", "cause", "cause_title", "playbook", "next_step", "monitor_only", "last_sync", "last_sync_utc", "last_good_sync_utc", "updates",
            "pool", "pool_state", "settings_that_differ", "link", "last_message_utc",
        ],
        servers.Select(server => new object?[]
        {
            server.Id, server.Name, server.Site, server.Address, server.Status.Health, server.Condition, server.StateSince, server.Status.Sentence, server.Status.CauseId, server.Status.CauseTitle, server.Offer.Playbook, server.Offer.Instead,
            server.IsMonitorOnly, server.Status.LastSyncResult, server.Status.LastSyncAt.ToOffset(), server.Status.LastGoodSyncAt.ToOffset(), server.Status.ConfigMgrUpdates ?? server.Status.Updates, server.Status.PoolName, server.Status.PoolState,
            server.Status.DriftCount, server.Link.State, server.Link.LastMessageAt,
        }));
}
