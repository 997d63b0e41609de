using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>Causes 1 to 8: the pool, its worker, its limits.</summary>
internal static class PoolCases
{
    private const string Http503 = "The request failed with HTTP status 503: Service Unavailable. Source: Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer";

    private const string Http500 = "System.Net.WebException: The request failed with HTTP status 500: Internal Server Error. Source: AdminProxy.CreateUpdateServer";

    public static IReadOnlyList<LabelledCase> All { get; } =
    [
        new("rapid-fail protection stopped the pool, the site gets 503", FindingIds.PoolRapidFail,
            story => story.SiteFailed(Http503, 503).PoolStopped(-140).Event(WindowsEvents.PoolDisabled, -140, "Application pool 'WsusPool' is being automatically disabled due to a series of failures in the process(es) serving that application pool.").Event(WindowsEvents.WorkerDied, -141).Event(WindowsEvents.WorkerDied, -143)
                .Line("HTTPERR", -1, "2026-01-05 06:11:00 10.1.2.3 8530 POST /SimpleAuthWebService/SimpleAuth.asmx 503 707060612 AppOffline WsusPool"),
            Without: story => story.SiteFailed(Http503, 503)),
        new("rapid-fail protection stopped it, a person started it an hour later", FindingIds.PoolRapidFail,
            story => story.SiteFailed(Http503, 503).Event(WindowsEvents.PoolDisabled, -6).Event(WindowsEvents.WorkerDied, -7).Change("pool:WsusPool", "Started", "Stopped", -6).Change("pool:WsusPool", "Stopped", "Started", 20)),
        new("the pool is stopped; SUSDB can't be indexed either, as on every good day", FindingIds.PoolStopped,
            story => story.SiteFailed(Http503, 503).PoolStopped(-600).GoodRuns(4).Line("wsyncmgr", -3, "SqlException thrown while connect to SUSDB in Server: BRN-WSUS02. Error Message: A network-related or instance-specific error occurred while establishing a connection to SQL Server.", 4)),
        new("a line that stands in three of four good runs too names no cause", FindingIds.UnknownCause,
            story => story.Cancelled().GoodRuns(4).Line("SoftwareDistribution", -3, "System.Data.SqlClient.SqlException: Cannot open database \"SUSDB\" requested by the login. The login failed.", 3)),
        new("a recycle before the pool stopped, and the run began later", FindingIds.PoolStopped,
            story => story.SiteFailed(Http503, 503).PoolStopped(-40).Event(WindowsEvents.TimeRecycle, -55)),
        new("a person stopped the pool by hand", FindingIds.PoolStopped,
            story => story.SiteFailed(Http503, 503).PoolStopped(-30).Change("pool:WsusPool", "Started", "Stopped", -30).WsusSilent(),
            Without: story => story.SiteFailed(Http503, 503)),
        new("the worker dies in mid-sync, no limit is set", FindingIds.PoolWorkerDies,
            story => story.Cancelled().Event(WindowsEvents.WorkerDied, -0.5, "A process serving application pool 'WsusPool' terminated unexpectedly. The process id was '4712'. The process exit code was '0xc0000005'."),
            Without: story => story.Cancelled()),
        new("the worker dies, the pool is at its defaults but far from its limit", FindingIds.PoolWorkerDies,
            story => story.PoolAtDefaults().Workers(new PoolWorker(4712, 400_000, Story.Start.AddHours(-2))).Cancelled().Event(WindowsEvents.WorkerDied, -0.3)),
        new("a 32-bit worker at 3.9 GB dies", FindingIds.PoolAddressSpace,
            story => story.Settings(settings => settings with { Enable32BitAppOnWin64 = true }).Workers(new PoolWorker(4712, 4_050_000, Story.Start.AddHours(-1))).Cancelled().Event(WindowsEvents.WorkerDied, -0.5)),
        new("private memory limit recycles the worker in mid-sync", FindingIds.PoolMemoryLimit,
            story => story.PoolAtDefaults().Cancelled().Event(WindowsEvents.PrivateMemoryRecycle, -0.5, "A worker process with process id of '4712' serving application pool 'WsusPool' has requested a recycle because it reached its private bytes memory limit."),
            Without: story => story.PoolAtDefaults().Cancelled()),
        new("recycle at the limit, and a storm of them the day before", FindingIds.PoolMemoryLimit,
            story => story.PoolAtDefaults().Before("CCCSCC").Cancelled().Event(WindowsEvents.PrivateMemoryRecycle, -1).Event(WindowsEvents.PrivateMemoryRecycle, -200).Event(WindowsEvents.PrivateMemoryRecycle, -700)),
        new("memory limit first, then rapid-fail: the limit is the reason", FindingIds.PoolMemoryLimit,
            story => story.PoolAtDefaults().SiteFailed(Http503, 503).PoolStopped(-3).Event(WindowsEvents.PrivateMemoryRecycle, -9).Event(WindowsEvents.PrivateMemoryRecycle, -6).Event(WindowsEvents.WorkerDied, -9).Event(WindowsEvents.WorkerDied, -6).Event(WindowsEvents.PoolDisabled, -3),
            Also: FindingIds.PoolRapidFail),
        new("worker near its limit was replaced in mid-sync, recycles are not logged", FindingIds.PoolMemoryLimit,
            story => story.PoolAtDefaults().Before("CCCSCCC").Cancelled().Workers(new PoolWorker(5820, 1_790_000, Story.End.AddMinutes(-0.4)))),
        new("virtual memory limit", FindingIds.PoolVirtualMemoryLimit,
            story => story.Settings(settings => settings with { VirtualMemoryKilobytes = 4_000_000 }).Cancelled().Event(WindowsEvents.VirtualMemoryRecycle, -0.5),
            Without: story => story.Settings(settings => settings with { VirtualMemoryKilobytes = 4_000_000 }).Cancelled()),
        new("scheduled recycle at 29 h falls into the sync", FindingIds.PoolRecycledInSync,
            story => story.Settings(settings => settings with { RegularRestartInterval = TimeSpan.FromMinutes(1740) }).Cancelled().Event(WindowsEvents.ScheduleRecycle, -1),
            Without: story => story.Settings(settings => settings with { RegularRestartInterval = TimeSpan.FromMinutes(1740) }).Cancelled()),
        new("regular time interval, written as 5074", FindingIds.PoolRecycledInSync,
            story => story.PoolAtDefaults().Cancelled().Event(WindowsEvents.TimeRecycle, -2, "A worker process with process id of '4712' serving application pool 'WsusPool' has requested a recycle because the worker process reached its allowed processing time limit.")),
        new("limit on the number of requests", FindingIds.PoolRequestLimit,
            story => story.Cancelled().Event(5075, -1, "A worker process serving application pool 'WsusPool' has requested a recycle because it reached its allowed request limit.")),
        new("queue full: HTTPERR says so", FindingIds.PoolQueueFull,
            story => story.PoolAtDefaults().SiteFailed(Http503, 503).PoolIs(pool => pool with { QueuedRequests = 640, RejectedRequests = 9_120 }).Line("HTTPERR", -2, "2026-01-05 06:10:00 10.1.2.3 8530 POST /ClientWebService/client.asmx 503 707060612 QueueFull WsusPool"),
            Without: story => story.PoolAtDefaults().SiteFailed(Http503, 503)),
        new("queue full: only the counters say so", FindingIds.PoolQueueFull,
            story => story.PoolAtDefaults().SiteFailed(Http503, 503).PoolIs(pool => pool with { QueuedRequests = 985, RejectedRequests = 4_330 })),
        new("idle time-out ends the worker while WSUS is asked", FindingIds.PoolIdleOrPing,
            story => story.PoolAtDefaults().Cancelled().Event(WindowsEvents.IdleShutdown, -1, "A worker process with process id of '4712' serving application pool 'WsusPool' was shutdown due to inactivity.")),
        new("ping not answered: a busy worker is killed", FindingIds.PoolIdleOrPing,
            story => story.PoolAtDefaults().Cancelled().Event(5010, -0.5, "A process serving application pool 'WsusPool' failed to respond to a ping. The process id was '4712'."),
            Without: story => story.PoolAtDefaults().Cancelled()),
        new("the guide's 32-bit pool beside WSUS's 64-bit compression library", FindingIds.PoolCompressionLibrary,
            story => story.Library(is32Bit: true, "").SiteFailed(Http500, 500).WsusSilent()),
        new("the same, and WSUS itself says that its web service fails", FindingIds.PoolCompressionLibrary,
            story => story.Library(is32Bit: true, "integratedMode").SiteFailed(Http500, 500).WsusSilent().WsusEvent(12012, -10, "The API Remoting Web Service is not working.")),
        new("HTTP 500 on a 32-bit pool through which WSUS answers now", FindingIds.WsusUnavailable,
            story => story.Library(is32Bit: true, "").SiteFailed(Http500, 500).WsusEvent(12012, -10, "The API Remoting Web Service is not working.")),
        new("HTTP 500 on a 32-bit pool whose library is kept out of 32-bit workers", FindingIds.WsusUnavailable,
            story => story.Library(is32Bit: true, "bitness64").SiteFailed(Http500, 500).WsusEvent(12012, -10, "The API Remoting Web Service is not working.")),
        new("HTTP 500 on a 64-bit pool beside that library", FindingIds.WsusUnavailable,
            story => story.Library(is32Bit: false, "").SiteFailed(Http500, 500).WsusEvent(12012, -10, "The API Remoting Web Service is not working.")),
        new("a 32-bit pool beside that library, and the proxy refuses", FindingIds.ProxyRefused,
            story => story.Library(is32Bit: true, "").Failed("UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required.", 407)),
        new("recycle at the limit 20 minutes after the failure", FindingIds.UnknownCause,
            story => story.PoolAtDefaults().Cancelled().Event(WindowsEvents.PrivateMemoryRecycle, 20)),
        new("another pool was recycled", FindingIds.UnknownCause,
            story => story.PoolAtDefaults().Cancelled().Event(WindowsEvents.PrivateMemoryRecycle, -1, "A worker process serving application pool 'SMS Management Point Pool' has requested a recycle because it reached its private bytes memory limit.")),
        new("the pool was stopped only after the failure", FindingIds.UnknownCause,
            story => story.PoolAtDefaults().Cancelled().PoolStopped(15).Change("pool:WsusPool", "Started", "Stopped", 15)),
    ];
}
