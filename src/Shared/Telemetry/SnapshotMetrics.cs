using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Telemetry;

/// <summary>What a snapshot says of a server as series: the same names from the dashboard and from an agent. Only what was read, and not too long ago: a value that stands still looks like a measurement.</summary>
public static class SnapshotMetrics
{
    private const double BytesOfKilobyte = 1024;

    /// <param name="text">Gets them.</param>
    /// <param name="snapshot">Of the server.</param>
    /// <param name="now">UTC.</param>
    /// <param name="labels">Of every series.</param>
    public static void Write(PrometheusText text, Snapshot snapshot, DateTimeOffset now, (string Name, string Value)[] labels)
    {
        var wsus = Value(snapshot.Wsus, now);
        text.Gauge("wsus_server_info", "Always 1; what the server is.", 1, [.. labels, ("version", wsus?.Version ?? ""), ("os", snapshot.Agent.OperatingSystem), ("role", string.Join(',', snapshot.Agent.Roles)), ("upstream", wsus?.Source ?? ""), ("agent_version", snapshot.Agent.AgentVersion)]);
        WritePool(text, Value(snapshot.Iis, now)?.WsusPool, labels);
        foreach (var service in (Value(snapshot.Services, now)?.Services ?? []).Where(service => service.State is not ServiceState.NotInstalled))
        {
            // The two that last: with all nine, services alone would be more series than all the rest.
            foreach (var state in new[] { ServiceState.Running, ServiceState.Stopped })
            {
                text.Gauge("wsus_service_state", "Whether a Windows service that is installed is in this state.", service.State == state ? 1 : 0, [.. labels, ("name", service.Name), ("state", PrometheusText.Words(state.ToString()))]);
            }
        }

        WriteCatalog(text, wsus, labels);
        text.Gauge("wsus_content_free_bytes", "Free bytes of the volume with WSUS's content.", Value(snapshot.Host, now)?.ContentVolumeFreeKilobytes * BytesOfKilobyte, labels);
        text.Gauge("wsus_certificate_expiry_timestamp_seconds", "When the certificate of WSUS's site ends.", PrometheusText.Seconds(snapshot.Posture.Value?.Site.Certificate?.NotAfter), labels);
    }

    private static void WritePool(PrometheusText text, AppPool? pool, (string Name, string Value)[] labels)
    {
        if (pool is null)
        {
            return;
        }

        text.State("wsus_apppool_state", "The state of WSUS's application pool; 1 for the one it is in.", "state", (PoolState?)pool.State, labels);
        text.Gauge("wsus_apppool_private_memory_limit_bytes", "The pool's limit of private memory; 0 = none.", pool.Settings.PrivateMemoryKilobytes * BytesOfKilobyte, labels);
        text.Gauge("wsus_apppool_private_memory_bytes", "Private memory of the pool's workers.", pool.Workers.Any(worker => worker.PrivateKilobytes is not null) ? pool.Workers.Sum(worker => worker.PrivateKilobytes ?? 0) * BytesOfKilobyte : null, labels);
        text.Gauge("wsus_apppool_queue_limit", "How many requests the pool's queue takes.", pool.Settings.QueueLength, labels);
        text.Gauge("wsus_apppool_queue_length", "Requests waiting in the pool's queue.", pool.QueuedRequests, labels);
        text.Counter("wsus_apppool_rejected_requests_total", "Requests that the pool's queue refused, as Windows counts them.", pool.RejectedRequests, labels);
    }

    private static void WriteCatalog(PrometheusText text, WsusState? wsus, (string Name, string Value)[] labels)
    {
        text.Gauge("wsus_susdb_size_bytes", "Size of SUSDB's data files.", wsus?.Database?.DataKilobytes * BytesOfKilobyte, labels);
        text.Gauge("wsus_susdb_limit_bytes", "The largest size that the edition of SQL Server allows.", wsus?.Database?.LimitKilobytes * BytesOfKilobyte, labels);
        if (wsus?.Counts is not { } counts)
        {
            return;
        }

        const string Updates = "wsus_updates";
        const string AboutUpdates = "Updates by state; an update can be in several.";
        text.Gauge(Updates, AboutUpdates, counts.Updates, [.. labels, ("state", "all")]);
        text.Gauge(Updates, AboutUpdates, counts.Declined, [.. labels, ("state", "declined")]);
        text.Gauge("wsus_computers", "Computers that this server knows, by state; a computer can be in several.", counts.Computers, [.. labels, ("state", "all")]);
        if (wsus.CountsSource != WsusSource.AdministrationService)
        {
            // The database doesn't tell the others; 0 would be a lie.
            return;
        }

        text.Gauge(Updates, AboutUpdates, counts.Approved, [.. labels, ("state", "approved")]);
        text.Gauge(Updates, AboutUpdates, counts.NotApproved, [.. labels, ("state", "not_approved")]);
        text.Gauge(Updates, AboutUpdates, counts.NeedingFiles, [.. labels, ("state", "needing_files")]);
        text.Gauge("wsus_computers", "Computers that this server knows, by state; a computer can be in several.", counts.ComputersNeedingUpdates, [.. labels, ("state", "needing_updates")]);
        text.Gauge("wsus_computers", "Computers that this server knows, by state; a computer can be in several.", counts.ComputersWithErrors, [.. labels, ("state", "with_errors")]);
    }

    /// <summary>Only what was read, and not too long ago.</summary>
    private static T? Value<T>(Section<T> section, DateTimeOffset now)
        where T : class => section.Status == SectionStatus.Ok && !section.IsStale(now) ? section.Value : null;
}
