namespace WsusDashboard.Shared.Rules;

/// <summary>Stable ids of the findings: they stand in JSON, in the database and in filters, so they never change their meaning.</summary>
public static class FindingIds
{
    /// <summary>The agent does not answer.</summary>
    public const string AgentUnreachable = "agent-unreachable";

    /// <summary>WsusPool is stopped.</summary>
    public const string PoolStopped = "pool-stopped";

    /// <summary>Rapid-fail protection disabled the pool (WAS 5002).</summary>
    public const string PoolRapidFail = "pool-rapid-fail";

    /// <summary>The worker passes its private memory limit and is recycled (WAS 5117).</summary>
    public const string PoolMemoryLimit = "pool-memory-limit";

    /// <summary>A 32-bit worker fills its 4 GB of addresses.</summary>
    public const string PoolAddressSpace = "pool-address-space";

    /// <summary>The worker ends unexpectedly (WAS 5009), and neither limit explains it.</summary>
    public const string PoolWorkerDies = "pool-worker-dies";

    /// <summary>The pool's request queue is or was full; IIS refuses requests with 503.</summary>
    public const string PoolQueueFull = "pool-queue-full";

    /// <summary>The worker was recycled or ended on schedule, for idleness or at another limit in the middle of a synchronization.</summary>
    public const string PoolRecycledInSync = "pool-recycled-in-sync";

    /// <summary>WSUS is installed, its application pool is not there.</summary>
    public const string PoolMissing = "pool-missing";

    /// <summary>Fewer than the 8 applications of WSUS are in its pool.</summary>
    public const string PoolFewApplications = "pool-few-applications";

    /// <summary>Settings of the pool differ from the baseline.</summary>
    public const string SettingsDrift = "settings-drift";

    /// <summary>Several synchronizations in a row were cancelled.</summary>
    public const string SyncCancelledRepeatedly = "sync-cancelled-repeatedly";

    /// <summary>The last synchronization, or the last ones, did not succeed.</summary>
    public const string SyncFailing = "sync-failing";

    /// <summary>Only now and then a synchronization succeeds.</summary>
    public const string SyncOccasionalSuccess = "sync-occasional-success";

    /// <summary>No synchronization succeeded for days.</summary>
    public const string SyncOverdue = "sync-overdue";

    /// <summary>A synchronization has been running for hours.</summary>
    public const string SyncRunningLong = "sync-running-long";

    /// <summary>WSUS synchronizes, Configuration Manager does not.</summary>
    public const string ConfigMgrSyncFailing = "configmgr-sync-failing";

    /// <summary>There are no updates: All Software Updates shows 0 items, or WSUS counts none.</summary>
    public const string UpdatesEmpty = "updates-empty";

    public const string SmsExecutiveStopped = "sms-executive-stopped";
    public const string SiteComponentManagerStopped = "sms-site-component-manager-stopped";
    public const string NotificationServerStopped = "sms-notification-server-stopped";
    public const string SmsAgentHostStopped = "ccmexec-stopped";
    public const string WsusServiceStopped = "wsus-service-stopped";
    public const string WorldWideWebStopped = "w3svc-stopped";
    public const string ProcessActivationStopped = "was-stopped";

    /// <summary>WsusService was restarted in the middle of a synchronization.</summary>
    public const string WsusServiceRestarted = "wsus-service-restarted";

    /// <summary>The proxy refuses (HTTP 407, or another error that names it).</summary>
    public const string ProxyRefused = "proxy-refused";

    /// <summary>No trusted TLS connection to the update source.</summary>
    public const string SecureChannelFailed = "secure-channel-failed";

    /// <summary>The update source cannot be reached over the network.</summary>
    public const string SourceUnreachable = "source-unreachable";

    /// <summary>The upstream server answers with a fault, or is behind.</summary>
    public const string UpstreamFailing = "upstream-failing";

    /// <summary>WSUS cannot use its database.</summary>
    public const string DatabaseFailing = "database-failing";

    /// <summary>A synchronization was refused with 401 or 403.</summary>
    public const string SyncAccessDenied = "sync-access-denied";

    /// <summary>The administration service of WSUS does not answer (503) although its pool runs.</summary>
    public const string WsusUnavailable = "wsus-unavailable";

    /// <summary>The administration service of WSUS refuses the agent's account.</summary>
    public const string WsusAccessDenied = "wsus-access-denied";

    /// <summary>applicationHost.config cannot be understood.</summary>
    public const string IisConfigurationDamaged = "iis-configuration-damaged";

    /// <summary>At least one section of the snapshot cannot be read.</summary>
    public const string SectionUnreadable = "section-unreadable";

    /// <summary>The agent answers, but at least one section was not read in time.</summary>
    public const string DataStale = "data-stale";

    /// <summary>The pool was started after the last failed synchronization: the next one will show whether that helped.</summary>
    public const string SyncAwaited = "sync-awaited";

    /// <summary>Synchronizations fail, and nothing that was read names a cause.</summary>
    public const string UnknownCause = "unknown-cause";

    /// <summary>All ids.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        AgentUnreachable, PoolStopped, PoolRapidFail, PoolMemoryLimit, PoolAddressSpace, PoolWorkerDies, PoolQueueFull, PoolRecycledInSync, PoolMissing, PoolFewApplications, SettingsDrift,
        SyncCancelledRepeatedly, SyncFailing, SyncOccasionalSuccess, SyncOverdue, SyncRunningLong, ConfigMgrSyncFailing, UpdatesEmpty,
        SmsExecutiveStopped, SiteComponentManagerStopped, NotificationServerStopped, SmsAgentHostStopped, WsusServiceStopped, WorldWideWebStopped, ProcessActivationStopped, WsusServiceRestarted,
        ProxyRefused, SecureChannelFailed, SourceUnreachable, UpstreamFailing, DatabaseFailing, SyncAccessDenied, WsusUnavailable, WsusAccessDenied,
        IisConfigurationDamaged, SectionUnreadable, DataStale, SyncAwaited, UnknownCause,
    ];
}
