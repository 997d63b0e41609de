namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Stable ids of the causes of a synchronization that did not succeed: they stand in JSON, in the database and in filters. Numbers are those of configmgr.md, 6b.</summary>
public static class CauseIds
{
    public const string PoolRapidFail = FindingIds.PoolRapidFail;                 // 1
    public const string PoolStopped = FindingIds.PoolStopped;                     // 1, by hand
    public const string PoolMissing = FindingIds.PoolMissing;                     // 24
    public const string PoolWorkerDies = FindingIds.PoolWorkerDies;               // 2
    public const string PoolAddressSpace = FindingIds.PoolAddressSpace;           // 2, a 32-bit worker
    public const string PoolMemoryLimit = FindingIds.PoolMemoryLimit;             // 3
    public const string PoolVirtualMemoryLimit = "pool-virtual-memory-limit";     // 4
    public const string PoolRecycledInSync = FindingIds.PoolRecycledInSync;       // 5
    public const string PoolRequestLimit = "pool-request-limit";                  // 6
    public const string PoolQueueFull = FindingIds.PoolQueueFull;                 // 7
    public const string PoolIdleOrPing = "pool-idle-or-ping";                     // 8
    public const string ServerMemoryShort = "server-memory-short";                // 9
    public const string ScanStorm = "scan-storm";                                 // 10
    public const string DatabaseUnmaintained = "susdb-unmaintained";              // 11
    public const string CatalogueTooWide = "catalogue-too-wide";                  // 12
    public const string EndpointRetired = "source-endpoint-retired";              // 13
    public const string Tls12Missing = "tls12-missing";                           // 14
    public const string SecureChannelFailed = FindingIds.SecureChannelFailed;     // 15
    public const string ProxyRefused = FindingIds.ProxyRefused;                   // 16
    public const string SourceUnreachable = FindingIds.SourceUnreachable;         // 17
    public const string MicrosoftOutage = "microsoft-outage";                     // 18
    public const string WsusUnavailable = FindingIds.WsusUnavailable;             // 19
    public const string PortMismatch = "wsus-port-mismatch";                      // 20
    public const string SyncAccessDenied = FindingIds.SyncAccessDenied;           // 21
    public const string WsusTlsSetup = "wsus-tls-setup";                          // 22
    public const string WsusConsoleMissing = "wsus-console-missing";              // 23
    public const string WsusNotConfigured = "wsus-not-configured";                // 24
    public const string UpdatePointUnreachable = "update-point-unreachable";      // 25
    public const string LicenseTermsPending = "license-terms-pending";            // 26
    public const string DriverImport = "surface-driver-import";                   // 27
    public const string SharedDatabaseOffline = "shared-susdb-without-internet";  // 28
    public const string SourceSetWrong = "source-set-wrong";                      // 29
    public const string ArithmeticOverflow = "arithmetic-overflow";               // 30
    public const string WsusServiceStopped = FindingIds.WsusServiceStopped;       // 31
    public const string WorldWideWebStopped = FindingIds.WorldWideWebStopped;     // 31
    public const string SmsExecutiveStopped = FindingIds.SmsExecutiveStopped;     // 31
    public const string StoppedByPerson = "sync-stopped-by-request";              // 32
    public const string WsusServiceRestarted = FindingIds.WsusServiceRestarted;   // 32
    public const string ServerRestarted = "server-restarted";                     // 32
    public const string SmsExecutiveRestarted = "sms-executive-restarted";        // 32
    public const string FirstPhaseFailed = "first-phase-never-passed";            // 33
    public const string NothingSubscribed = "nothing-subscribed";                 // 34
    public const string SiteReplicationBehind = "site-replication-behind";        // 35
    public const string UpdatesHidden = "updates-hidden";                         // 36
    public const string AllExpired = "all-updates-expired";                       // 37
    public const string DiskFull = "disk-full";                                   // 38
    public const string DatabaseFull = "susdb-full";                              // 38
    public const string DatabaseFailing = FindingIds.DatabaseFailing;             // 38, the database does not answer
    public const string Antivirus = "antivirus-holds-files";                      // 39
    public const string SyncDisabled = "sync-disabled";                           // 40
    public const string UpstreamBehind = "upstream-behind";                       // 41
    public const string UpstreamFailing = FindingIds.UpstreamFailing;             // 29 and 41, the upstream server itself fails
    public const string Unknown = FindingIds.UnknownCause;

    /// <summary>Those that say that the pool, its settings or its worker are the cause.</summary>
    public static IReadOnlySet<string> OfThePool { get; } = new HashSet<string>
    {
        PoolRapidFail, PoolStopped, PoolMissing, PoolWorkerDies, PoolAddressSpace, PoolMemoryLimit, PoolVirtualMemoryLimit, PoolRecycledInSync, PoolRequestLimit, PoolQueueFull, PoolIdleOrPing,
    };

    /// <summary>All ids.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        PoolRapidFail, PoolStopped, PoolMissing, PoolWorkerDies, PoolAddressSpace, PoolMemoryLimit, PoolVirtualMemoryLimit, PoolRecycledInSync, PoolRequestLimit, PoolQueueFull, PoolIdleOrPing,
        ServerMemoryShort, ScanStorm, DatabaseUnmaintained, CatalogueTooWide, EndpointRetired, Tls12Missing, SecureChannelFailed, ProxyRefused, SourceUnreachable, MicrosoftOutage,
        WsusUnavailable, PortMismatch, SyncAccessDenied, WsusTlsSetup, WsusConsoleMissing, WsusNotConfigured, UpdatePointUnreachable, LicenseTermsPending, DriverImport,
        SharedDatabaseOffline, SourceSetWrong, ArithmeticOverflow, WsusServiceStopped, WorldWideWebStopped, SmsExecutiveStopped, StoppedByPerson, WsusServiceRestarted, ServerRestarted,
        SmsExecutiveRestarted, FirstPhaseFailed, NothingSubscribed, SiteReplicationBehind, UpdatesHidden, AllExpired, DiskFull, DatabaseFull, DatabaseFailing, Antivirus, SyncDisabled,
        UpstreamBehind, UpstreamFailing, Unknown,
    ];
}
