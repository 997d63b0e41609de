namespace WsusDashboard.Shared.Rules.Findings;

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

    /// <summary>The pool's workers are 32-bit and cannot load a compression library of IIS: every request is answered with 500.19.</summary>
    public const string PoolCompressionLibrary = "pool-compression-library";

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

    /// <summary>Clients do not get what they need from WSUS: 503, 500.19, no answer, or another answer than usual.</summary>
    public const string ClientsFailing = "clients-failing";

    /// <summary>WSUS answers clients, but slowly.</summary>
    public const string ClientsSlow = "clients-slow";

    /// <summary>The certificate that WSUS shows its clients ends soon, or has ended.</summary>
    public const string ClientCertificateEnds = "client-certificate-ends";

    /// <summary>WSUS answers on the server itself, but not the dashboard's computer.</summary>
    public const string ClientsCutOff = "clients-cut-off";

    /// <summary>applicationHost.config cannot be understood.</summary>
    public const string IisConfigurationDamaged = "iis-configuration-damaged";

    /// <summary>At least one section of the snapshot cannot be read.</summary>
    public const string SectionUnreadable = "section-unreadable";

    /// <summary>The agent answers, but at least one section was not read in time.</summary>
    public const string DataStale = "data-stale";

    /// <summary>Something is wrong with the agent itself: its policy, its store or its audit.</summary>
    public const string AgentProblem = "agent-problem";

    /// <summary>The pool was started after the last failed synchronization: the next one will show whether that helped.</summary>
    public const string SyncAwaited = "sync-awaited";

    /// <summary>Synchronizations fail, and nothing that was read names a cause.</summary>
    public const string UnknownCause = "unknown-cause";

    // Causes that are no findings of their own; the numbers are those of configmgr.md, 6b.
    public const string PoolVirtualMemoryLimit = "pool-virtual-memory-limit";     // 4
    public const string PoolRequestLimit = "pool-request-limit";                  // 6
    public const string PoolIdleOrPing = "pool-idle-or-ping";                     // 8
    public const string ServerMemoryShort = "server-memory-short";                // 9
    public const string ScanStorm = "scan-storm";                                 // 10
    public const string DatabaseUnmaintained = "susdb-unmaintained";              // 11
    public const string CatalogueTooWide = "catalogue-too-wide";                  // 12
    public const string EndpointRetired = "source-endpoint-retired";              // 13
    public const string Tls12Missing = "tls12-missing";                           // 14
    public const string MicrosoftOutage = "microsoft-outage";                     // 18
    public const string PortMismatch = "wsus-port-mismatch";                      // 20
    public const string WsusTlsSetup = "wsus-tls-setup";                          // 22
    public const string WsusConsoleMissing = "wsus-console-missing";              // 23
    public const string WsusNotConfigured = "wsus-not-configured";                // 24
    public const string UpdatePointUnreachable = "update-point-unreachable";      // 25
    public const string UpdatePointFailing = "update-point-failing";              // 25
    public const string LicenseTermsPending = "license-terms-pending";            // 26
    public const string DriverImport = "surface-driver-import";                   // 27
    public const string SharedDatabaseOffline = "shared-susdb-without-internet";  // 28
    public const string SourceSetWrong = "source-set-wrong";                      // 29
    public const string ArithmeticOverflow = "arithmetic-overflow";               // 30
    public const string StoppedByPerson = "sync-stopped-by-request";              // 32
    public const string ServerRestarted = "server-restarted";                     // 32
    public const string SmsExecutiveRestarted = "sms-executive-restarted";        // 32
    public const string FirstPhaseFailed = "first-phase-never-passed";            // 33
    public const string NothingSubscribed = "nothing-subscribed";                 // 34
    public const string SiteReplicationBehind = "site-replication-behind";        // 35
    public const string UpdatesHidden = "updates-hidden";                         // 36
    public const string AllExpired = "all-updates-expired";                       // 37
    public const string DiskFull = "disk-full";                                   // 38
    public const string DatabaseFull = "susdb-full";                              // 38
    public const string Antivirus = "antivirus-holds-files";                      // 39
    public const string SyncDisabled = "sync-disabled";                           // 40
    public const string UpstreamBehind = "upstream-behind";                       // 41
    public const string AddressRefused = "wsus-refuses-address";                  // 21
    public const string CategoryUnknown = "category-unknown-to-wsus";             // 24
    public const string SiteDatabaseFailing = "site-database-failing";            // 38

    /// <summary>Those that rules find for themselves.</summary>
    public static IReadOnlyList<string> Findings { get; } =
    [
        AgentUnreachable, PoolStopped, PoolRapidFail, PoolMemoryLimit, PoolAddressSpace, PoolWorkerDies, PoolQueueFull, PoolRecycledInSync, PoolCompressionLibrary, PoolMissing, PoolFewApplications, SettingsDrift,
        SyncCancelledRepeatedly, SyncFailing, SyncOccasionalSuccess, SyncOverdue, SyncRunningLong, ConfigMgrSyncFailing, UpdatesEmpty,
        SmsExecutiveStopped, SiteComponentManagerStopped, NotificationServerStopped, SmsAgentHostStopped, WsusServiceStopped, WorldWideWebStopped, ProcessActivationStopped, WsusServiceRestarted,
        ProxyRefused, SecureChannelFailed, SourceUnreachable, UpstreamFailing, DatabaseFailing, SyncAccessDenied, WsusUnavailable, WsusAccessDenied,
        ClientsFailing, ClientsSlow, ClientCertificateEnds, ClientsCutOff,
        IisConfigurationDamaged, SectionUnreadable, DataStale, AgentProblem, SyncAwaited, UnknownCause,
    ];

    /// <summary>The causes of a synchronization that did not succeed, in the order of configmgr.md, 6b.</summary>
    public static IReadOnlyList<string> Causes { get; } =
    [
        PoolRapidFail, PoolStopped, PoolMissing, PoolWorkerDies, PoolAddressSpace, PoolMemoryLimit, PoolVirtualMemoryLimit, PoolRecycledInSync, PoolRequestLimit, PoolQueueFull, PoolIdleOrPing,
        ServerMemoryShort, ScanStorm, DatabaseUnmaintained, CatalogueTooWide, EndpointRetired, Tls12Missing, SecureChannelFailed, ProxyRefused, SourceUnreachable, MicrosoftOutage,
        WsusUnavailable, PoolCompressionLibrary, PortMismatch, SyncAccessDenied, AddressRefused, WsusTlsSetup, WsusConsoleMissing, WsusNotConfigured, CategoryUnknown, UpdatePointFailing, UpdatePointUnreachable, LicenseTermsPending, DriverImport,
        SharedDatabaseOffline, SourceSetWrong, ArithmeticOverflow, WsusServiceStopped, WorldWideWebStopped, SmsExecutiveStopped, StoppedByPerson, WsusServiceRestarted, ServerRestarted,
        SmsExecutiveRestarted, FirstPhaseFailed, NothingSubscribed, SiteReplicationBehind, UpdatesHidden, AllExpired, DiskFull, DatabaseFull, DatabaseFailing, SiteDatabaseFailing, Antivirus, SyncDisabled,
        UpstreamBehind, UpstreamFailing, UnknownCause,
    ];

    /// <summary>All ids.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Findings.Union(Causes)];

    /// <summary>Those that say that the pool, its settings or its worker are the cause.</summary>
    public static IReadOnlySet<string> PoolCauses { get; } = new HashSet<string>
    {
        PoolRapidFail, PoolStopped, PoolMissing, PoolWorkerDies, PoolAddressSpace, PoolMemoryLimit, PoolVirtualMemoryLimit, PoolRecycledInSync, PoolRequestLimit, PoolQueueFull, PoolIdleOrPing,
        PoolCompressionLibrary,
    };
}
