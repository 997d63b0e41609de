using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>Causes 9 to 12, 38 and 39: memory, clients, database, catalogue, disk.</summary>
internal static class CapacityCases
{
    private const string TimedOut = "The operation has timed out";
    private const long Gigabyte = 1024 * 1024;

    public static IReadOnlyList<LabelledCase> All { get; } =
    [
        new("16 GB, nothing free, the worker runs out of memory", FindingIds.ServerMemoryShort,
            story => story.Host(host => host with { TotalMemoryKilobytes = 16 * Gigabyte, AvailableMemoryKilobytes = 300_000 }).Workers(new PoolWorker(4712, 11 * Gigabyte, Story.Start.AddHours(-2))).Cancelled()
                .Line("SoftwareDistribution", -1, "2026-01-05 06:11:02.100 UTC Error w3wp.58 ThreadEntry System.OutOfMemoryException: Exception of type 'System.OutOfMemoryException' was thrown.")
                .Event(WindowsEvents.WorkerDied, -0.5),
            Also: FindingIds.PoolWorkerDies),
        new("8 GB and no free memory, no other sign", FindingIds.ServerMemoryShort,
            story => story.Host(host => host with { TotalMemoryKilobytes = 8 * Gigabyte, AvailableMemoryKilobytes = 120_000 }).Failed("Exception of type 'System.OutOfMemoryException' was thrown."),
            Without: story => story.Failed()),
        new("scan storm: a long queue overflows, thousands of clients, recycles all the time", FindingIds.ScanStorm,
            story => story.Settings(settings => settings with { QueueLength = 30_000 }).PoolIs(pool => pool with { QueuedRequests = 29_800, RejectedRequests = 61_000 })
                .Wsus(state => state with { Counts = state.Counts! with { Computers = 18_400 } })
                .SiteFailed("The request failed with HTTP status 503: Service Unavailable.", 503)
                .Line("HTTPERR", -3, "2026-01-05 06:09:00 10.9.1.7 8530 POST /ClientWebService/client.asmx 503 707060612 QueueFull WsusPool")
                .Line("SoftwareDistribution", -2, "clients fail with 0x80244022"),
            Also: FindingIds.PoolQueueFull),
        new("SUSDB not maintained: time-outs here only, 31,000 live updates", FindingIds.DatabaseUnmaintained,
            story => story.Failed(TimedOut).Wsus(state => state with { Counts = state.Counts! with { Updates = 38_400, Declined = 7_400 } }).Line("wsyncmgr", -4, "Calling WSUS Cleanup. The operation has timed out").Fleet(9, 0),
            Without: story => story.Failed(TimedOut)),
        new("SUSDB busy for hours, spDeleteUpdate runs on", FindingIds.DatabaseUnmaintained,
            story => story.Failed("LocalDBTooBusy").Wsus(state => state with { Counts = state.Counts! with { Updates = 26_000, Declined = 2_000 } }).Line("SoftwareDistribution", -6, "spDeleteUpdate got deadlocked; System.Data.SqlClient.SqlException: Timeout expired.")),
        new("catalogue too wide: drivers selected, 92,000 items", FindingIds.CatalogueTooWide,
            story => story.Failed(TimedOut).Wsus(state => state with { SubscribedCategories = 310, Counts = state.Counts! with { Updates = 92_000, Declined = 61_000 } })
                .Line("wsyncmgr", -5, "sync: WSUS synchronizing updates, processed 31200 out of 92411 items (33%), ETA in 05:12:44")
                .Line("wsyncmgr", -200, "sync: WSUS synchronizing categories, Drivers, Driver Sets"),
            Without: story => story.Failed(TimedOut)),
        new("time-outs on this server, nothing else to see", FindingIds.UnknownCause,
            story => story.Failed(TimedOut).Fleet(9, 0)),
        new("time-outs while the pool is at its defaults", FindingIds.UnknownCause,
            story => story.PoolAtDefaults().Failed(TimedOut)),
        new("content disk full", FindingIds.DiskFull,
            story => story.Failed("There is not enough space on the disk.").Host(host => host with { ContentVolumeFreeKilobytes = 0 }).WsusEvent(10042, -20, "The server is critically low on available disk space for content."),
            Without: story => story.Failed()),
        new("content disk full, the pool at its defaults", FindingIds.DiskFull,
            story => story.PoolAtDefaults().Failed("System.IO.IOException: There is not enough space on the disk.").Host(host => host with { ContentVolumeFreeKilobytes = 11_000 })),
        new("SUSDB file group full", FindingIds.DatabaseFull,
            story => story.Failed("SqlException: Could not allocate space for object 'dbo.tbXml'.'PK__tbXml' in database 'SUSDB' because the 'PRIMARY' filegroup is full."),
            Without: story => story.Failed("SqlException")),
        new("SUSDB transaction log full", FindingIds.DatabaseFull,
            story => story.PoolAtDefaults().Failed().Line("SoftwareDistribution", -1, "System.Data.SqlClient.SqlException: The transaction log for database 'SUSDB' is full due to 'LOG_BACKUP'.")),
        new("Windows Internal Database paused", FindingIds.DatabaseFailing,
            story => story.PoolAtDefaults().Failed("LocalDBConnectFail").Line("SoftwareDistribution", -1, "SqlException: SQL Server service has been paused. No new connections will be allowed.").WsusEvent(11002, -3, "The WSUS content database is not available."),
            Without: story => story.PoolAtDefaults().Failed()),
        new("SQL Server cannot be reached", FindingIds.DatabaseFailing,
            story => story.Failed().WsusEvent(11002, -5, "WSUS cannot reach its database.").Line("SoftwareDistribution", -2, "System.Data.SqlClient.SqlException: A network-related or instance-specific error occurred while establishing a connection to SQL Server.")),
        new("login for SUSDB fails", FindingIds.DatabaseFailing,
            story => story.Failed("LocalDBOtherError").Line("SoftwareDistribution", -2, "SqlException: Cannot open database \"SUSDB\" requested by the login. The login failed.")),
        new("something holds files of WSUS", FindingIds.Antivirus,
            story => story.Failed("System.IO.IOException: The process cannot access the file 'D:\\WSUS\\UpdateServicesPackages\\a.cab' because it is being used by another process.")
                .Line("SoftwareDistribution", -1, "The process cannot access the file 'D:\\WSUS\\WsusContent\\6F\\b.cab' because it is being used by another process."),
            Without: story => story.Failed()),
        new("server with antivirus, no evidence at all", FindingIds.UnknownCause,
            story => story.Failed()),
        new("SQL is full and the proxy answers 407 to the download of files only", FindingIds.DatabaseFull,
            story => story.Failed("SqlException: Could not allocate space for object 'dbo.tbRevision' in database 'SUSDB' because the 'PRIMARY' filegroup is full.").WsusEvent(364, -90, "Content file download failed. Reason: The remote server returned an error: (407) Proxy Authentication Required.")),
    ];
}
