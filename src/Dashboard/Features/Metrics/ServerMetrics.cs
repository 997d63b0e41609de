using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Dashboard.Features.Metrics;

/// <summary>One server as series. Names of updates, people and problems are never labels: their number has no limit.</summary>
internal static class ServerMetrics
{
    /// <summary>A server that doesn't answer has no gauges but these: a value that stood still would look like a measurement.</summary>
    public static void Write(PrometheusText text, LiveServer server, IReadOnlyDictionary<SyncResult, long> syncs, DateTimeOffset now)
    {
        (string Name, string Value)[] labels = [("server", server.Name), ("site", server.Site)];
        var isUp = server.Link.State == LinkState.Up && server.Status.Health != Health.Unreachable;
        text.Gauge("wsus_up", "Whether the server's agent answers.", isUp ? 1 : 0, labels);
        text.Gauge("wsus_agent_last_contact_timestamp_seconds", "When the server's agent last said something.", PrometheusText.Seconds(server.Link.LastMessageAt), labels);
        if (!isUp || server.Snapshot is not { } snapshot)
        {
            return;
        }

        text.State("wsus_health", "The server's health; 1 for the one it has.", "health", (Health?)server.Status.Health, labels);
        WriteSyncs(text, server, syncs, labels);
        SnapshotMetrics.Write(text, snapshot, now, labels);
        text.Gauge("wsus_settings_drift", "How many settings of the pool differ from the server's baseline.", server.Status.DriftCount, labels);
    }

    private static void WriteSyncs(PrometheusText text, LiveServer server, IReadOnlyDictionary<SyncResult, long> syncs, (string Name, string Value)[] labels)
    {
        var last = server.RecentSyncs.FirstOrDefault(run => run.EndedAt is not null && run.Result is SyncResult.Succeeded or SyncResult.Failed or SyncResult.Cancelled);
        text.Gauge("wsus_sync_last_success_timestamp_seconds", "When the last successful sync ended.", PrometheusText.Seconds(server.Status.LastGoodSyncAt.ToOffset()), labels);
        text.Gauge("wsus_sync_last_attempt_timestamp_seconds", "When the newest sync started.", PrometheusText.Seconds(server.RecentSyncs.Count > 0 ? server.RecentSyncs[0].StartedAt : null), labels);
        text.Gauge("wsus_sync_last_duration_seconds", "How long the last sync that ended took.", last?.Duration?.TotalSeconds, labels);
        text.Gauge("wsus_sync_running", "Whether a sync is running.", server.Status.IsSynchronizing ? 1 : 0, labels);
        text.State("wsus_sync_last_result", "How the last sync ended; 1 for the result it had.", "result", server.Status.LastSyncResult, labels);
        foreach (var (result, count) in syncs)
        {
            text.Counter("wsus_syncs_total", "Syncs that ended, since this dashboard was first asked.", count, [.. labels, ("result", PrometheusText.Words(result.ToString()))]);
        }
    }
}
