using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using static WsusDashboard.Shared.Tests.Rules.TestServer;

namespace WsusDashboard.Shared.Tests.Rules;

/// <summary>One way to be ill, and the finding that must say so.</summary>
internal sealed record RuleCase(string Name, string FindingId, Severity Severity, bool IsCause, string? Playbook, Func<Observation> Make)
{
    private const string Full = PlaybookCatalog.FullRepairId;
    private const string PoolOnly = PlaybookCatalog.PoolOnlyId;
    private const string Services = PlaybookCatalog.RestartServicesId;
    private const string Wsus = PlaybookCatalog.StartWsusId;
    private const string Executive = PlaybookCatalog.StartSmsExecutiveId;
    private const string Startup = PlaybookCatalog.RestoreStartupId;
    private const string Http503 = "The request failed with HTTP status 503: Service Unavailable. Source: Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer";
    private const string Http407 = "UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required.";

    public static IReadOnlyList<RuleCase> All { get; } = [.. PoolCases(), .. ServiceCases(), .. NamedCases(), .. SyncCases(), .. ReadingCases(), .. ClientCases()];

    public Finding Find() => RuleEngine.Assess(Make()).Findings.Single(finding => finding.Id == FindingId);

    private static Observation Limited() => Healthy().ChangeSettings(settings => settings with { PrivateMemoryKilobytes = 1_843_200 });

    private static Observation Stopped() => Limited().ChangePool(pool => pool with { State = PoolState.Stopped, StateSince = Now.AddHours(-5), Workers = [] }).WithSyncs("CCCSCCCC");

    private static IEnumerable<RuleCase> PoolCases() =>
    [
        new("pool stopped", FindingIds.PoolStopped, Severity.Critical, true, Full, () => Healthy().ChangePool(pool => pool with { State = PoolState.Stopped })),
        new("pool disabled by rapid-fail", FindingIds.PoolRapidFail, Severity.Critical, true, Full, () => Stopped().WithEvents(WindowsEvents.PoolDisabled, 1, newestHoursAgo: 5)),
        new("pool disabled for days", FindingIds.PoolRapidFail, Severity.Critical, true, Full,
            () => Stopped().ChangePool(pool => pool with { StateSince = Now.AddDays(-4) }).WithEvents(WindowsEvents.PoolDisabled, 1, newestHoursAgo: 96)),
        new("pool was disabled, runs again", FindingIds.PoolRapidFail, Severity.Warning, false, null, () => Limited().WithSyncs("CSS").WithEvents(WindowsEvents.PoolDisabled, 1)),
        new("worker recycled at its limit", FindingIds.PoolMemoryLimit, Severity.Critical, true, Full, () => Limited().WithSyncs("CCCSCC").WithEvents(WindowsEvents.PrivateMemoryRecycle, 5)),
        new("occasional success under a limit", FindingIds.PoolMemoryLimit, Severity.Critical, true, Full, () => Limited().WithSyncs("SCCCSCCCC").WithEvents(WindowsEvents.PrivateMemoryRecycle, 5, newestHoursAgo: 3.97)),
        new("worker near its limit, syncs succeed", FindingIds.PoolMemoryLimit, Severity.Warning, false, PoolOnly, () => Limited().ChangePool(pool => pool with { Workers = [new PoolWorker(1, 1_800_000, null)] })),
        new("32-bit worker ends", FindingIds.PoolAddressSpace, Severity.Critical, true, null, () => Healthy().WithSyncs("CCCS").WithEvents(WindowsEvents.WorkerDied, 2)),
        new("32-bit worker nearly full", FindingIds.PoolAddressSpace, Severity.Warning, false, null, () => Healthy().ChangePool(pool => pool with { Workers = [new PoolWorker(1, 3_900_000, null)] })),
        new("WsusService ends when it starts", FindingIds.WsusServiceStopped, Severity.Critical, true, null,
            () => Healthy().Stop(ServiceNames.WsusService).Change(snapshot => snapshot with
            {
                Events = snapshot.Events with { Value = new EventsState { Recent = [new WindowsEvent { LogName = WindowsEvents.ApplicationLog, Provider = WindowsEvents.WsusProvider, EventId = 507, At = Now.AddMinutes(-20) }] } },
            })),
        new("64-bit worker ends", FindingIds.PoolWorkerDies, Severity.Critical, true, null, () => Healthy(BaselineCatalog.Microsoft).WithSyncs("CCCS").WithEvents(WindowsEvents.WorkerDied, 2)),
        new("64-bit worker ends, settings drifted", FindingIds.PoolWorkerDies, Severity.Critical, true, Full,
            () => Healthy(BaselineCatalog.Microsoft).ChangeSettings(settings => settings with { PingingEnabled = true }).WithSyncs("CCCS").WithEvents(WindowsEvents.WorkerDied, 2)),
        new("queue refuses, sync says 503", FindingIds.PoolQueueFull, Severity.Critical, true, Full,
            () => Healthy().ChangeSettings(settings => settings with { QueueLength = 1000 }).ChangePool(pool => pool with { RejectedRequests = 212 }).WithSyncs("FFS", Http503)),
        new("queue full now", FindingIds.PoolQueueFull, Severity.Warning, false, null, () => Healthy().ChangePool(pool => pool with { QueuedRequests = 29_500 })),
        new("queue too short, requests refused", FindingIds.PoolQueueFull, Severity.Warning, false, PoolOnly,
            () => Healthy().ChangeSettings(settings => settings with { QueueLength = 1000 }).ChangePool(pool => pool with { RejectedRequests = 3 })),
        new("worker recycled on time in mid-sync", FindingIds.PoolRecycledInSync, Severity.Critical, true, Full,
            () => Healthy(BaselineCatalog.Microsoft).ChangeSettings(settings => settings with { RegularRestartInterval = TimeSpan.FromHours(29) }).WithSyncs("CSS").WithEvents(WindowsEvents.TimeRecycle, 1, newestHoursAgo: 1.97)),
        new("worker recycled on time, baseline accepts it", FindingIds.PoolRecycledInSync, Severity.Critical, true, null,
            () => Healthy().WithSyncs("CSS").WithEvents(WindowsEvents.TimeRecycle, 1, newestHoursAgo: 1.97)),
        new("worker near a limit that is what the server can give", FindingIds.PoolMemoryLimit, Severity.Warning, false, null,
            () => Healthy(BaselineCatalog.Microsoft).Change(snapshot => snapshot with { Host = Read(SectionNames.Host, new HostState { TotalMemoryKilobytes = 16L * 1024 * 1024 }) })
                .ChangeSettings(settings => settings with { PrivateMemoryKilobytes = 8L * 1024 * 1024 }).ChangePool(pool => pool with { Workers = [new PoolWorker(1, 8_250_000, null)] })),
        new("32-bit pool beside a 64-bit compression library", FindingIds.PoolCompressionLibrary, Severity.Critical, true, PoolOnly,
            () => Healthy().WithLibrary("").Change(snapshot => snapshot with { Wsus = snapshot.Wsus.Unreadable(ReadFailure.Fault, "HTTP 500") })),
        new("pool missing", FindingIds.PoolMissing, Severity.Critical, true, null, () => Healthy().Change(snapshot => snapshot with { Iis = Read(SectionNames.Iis, new IisState { WsusPoolName = Pool }) })),
        new("pool and its site missing", FindingIds.PoolMissing, Severity.Critical, true, null, () => Healthy().Change(snapshot => snapshot with { Iis = Read(SectionNames.Iis, new IisState()) })),
        new("pool without applications", FindingIds.PoolFewApplications, Severity.Critical, false, null, () => Healthy().ChangePool(pool => pool with { ApplicationCount = 0 })),
        new("pool with 7 applications", FindingIds.PoolFewApplications, Severity.Warning, false, null, () => Healthy().ChangePool(pool => pool with { ApplicationCount = 7 })),
        new("settings drifted", FindingIds.SettingsDrift, Severity.Warning, false, PoolOnly, () => Healthy().ChangeSettings(settings => settings with { QueueLength = 1000 })),
    ];

    private static IEnumerable<RuleCase> ServiceCases() =>
    [
        new("SMS_EXECUTIVE stopped", FindingIds.SmsExecutiveStopped, Severity.Critical, true, Executive, () => Healthy().Stop(ServiceNames.SmsExecutive)),
        new("SMS_EXECUTIVE disabled", FindingIds.SmsExecutiveStopped, Severity.Critical, true, Startup, () => Healthy().Disable(ServiceNames.SmsExecutive)),
        new("WsusService disabled", FindingIds.WsusServiceStopped, Severity.Critical, true, Startup, () => Healthy().Disable(ServiceNames.WsusService)),
        new("WsusService stopped, W3SVC disabled", FindingIds.WsusServiceStopped, Severity.Critical, true, Startup, () => Healthy().Stop(ServiceNames.WsusService).Disable(ServiceNames.WorldWideWeb)),
        new("notification server disabled", FindingIds.NotificationServerStopped, Severity.Warning, false, null, () => Healthy().Disable(ServiceNames.NotificationServer)),
        new("site component manager stopped", FindingIds.SiteComponentManagerStopped, Severity.Warning, false, Services, () => Healthy().Stop(ServiceNames.SiteComponentManager)),
        new("notification server stopped", FindingIds.NotificationServerStopped, Severity.Warning, false, Services, () => Healthy().Stop(ServiceNames.NotificationServer)),
        new("agent host stopped", FindingIds.SmsAgentHostStopped, Severity.Warning, false, null, () => Healthy().Stop(ServiceNames.SmsAgentHost)),
        new("WsusService stopped", FindingIds.WsusServiceStopped, Severity.Critical, true, Wsus, () => Healthy().Stop(ServiceNames.WsusService)),
        new("WsusService restarted in mid-sync", FindingIds.WsusServiceRestarted, Severity.Warning, true, PlaybookCatalog.SyncOnlyId,
            () => Healthy().WithSyncs("CSS").ChangeService(ServiceNames.WsusService, service => service with { StateSince = Now.AddHours(-1.97) })),
        new("W3SVC stopped", FindingIds.WorldWideWebStopped, Severity.Critical, true, Wsus, () => Healthy().Stop(ServiceNames.WorldWideWeb)),
        new("WAS stopped", FindingIds.ProcessActivationStopped, Severity.Critical, true, Wsus, () => Healthy().Stop(ServiceNames.ProcessActivation)),
    ];

    private static IEnumerable<RuleCase> NamedCases() =>
    [
        new("proxy refuses", FindingIds.ProxyRefused, Severity.Critical, true, null, () => Healthy().WithSyncs("FFFS", Http407)),
        new("proxy refuses, by number only", FindingIds.ProxyRefused, Severity.Critical, true, null, () => Healthy().WithSyncs("FFFS", "", 407)),
        new("proxy refuses, only wsyncmgr.log says so", FindingIds.ProxyRefused, Severity.Critical, true, null,
            () => Healthy() with { RecentSyncs = [.. History("FFFS"), .. History("FFFS", $"Sync failed: {Http407}", source: SyncSource.ConfigMgr, offsetMinutes: -1)] }),
        new("certificate not trusted", FindingIds.SecureChannelFailed, Severity.Critical, true, null, () => Healthy().WithSyncs("FFS", "USSCommunicationError: WebException: Could not establish trust relationship")),
        new("name not resolved", FindingIds.SourceUnreachable, Severity.Critical, true, null, () => Healthy().WithSyncs("FFS", "The remote name could not be resolved: 'sws.update.microsoft.com'")),
        new("upstream not reachable", FindingIds.UpstreamFailing, Severity.Critical, true, null,
            () => Healthy().ChangeWsus(wsus => wsus with { IsReplica = true, Source = "ZRH-WSUS01" }).WithSyncs("FFS", "UssNotFound: no connection could be made because the target machine actively refused it")),
        new("upstream answers with a fault", FindingIds.UpstreamFailing, Severity.Critical, true, null, () => Healthy().ChangeWsus(wsus => wsus with { Source = "ZRH-WSUS01" }).WithSyncs("FFS", "UssInternalError")),
        new("site says behind upstream", FindingIds.UpstreamBehind, Severity.Warning, false, null,
            () => Healthy().ChangeConfigMgr(state => state with { SoftwareUpdatePoints = [state.SoftwareUpdatePoints[0] with { LastSyncState = 6707 }] })),
        new("database fails", FindingIds.DatabaseFailing, Severity.Critical, true, null, () => Healthy().WithSyncs("FS", "LocalDBConnectFail")),
        new("account refused", FindingIds.SyncAccessDenied, Severity.Critical, true, null, () => Healthy().WithSyncs("FS", "The request failed with HTTP status 401: Unauthorized")),
    ];

    private static IEnumerable<RuleCase> SyncCases() =>
    [
        new("cancelled in a row", FindingIds.SyncCancelledRepeatedly, Severity.Critical, false, null, () => Healthy().WithSyncs("CCCS")),
        new("cancelled in a row, settings drifted", FindingIds.SyncCancelledRepeatedly, Severity.Critical, false, Full, () => Limited().WithSyncs("CCCS")),
        new("cancelled once", FindingIds.SyncFailing, Severity.Warning, false, null, () => Healthy().WithSyncs("CSSS")),
        new("failed in a row", FindingIds.SyncFailing, Severity.Critical, false, null, () => Healthy().WithSyncs("FFFS")),
        new("no end recorded", FindingIds.SyncFailing, Severity.Warning, false, null, () => Healthy().WithSyncs("USSS")),
        new("only the site tells of syncs", FindingIds.SyncCancelledRepeatedly, Severity.Critical, false, null, () => Healthy() with { RecentSyncs = History("CCC", source: SyncSource.ConfigMgr) }),
        new("occasional success", FindingIds.SyncOccasionalSuccess, Severity.Warning, false, null, () => Limited().WithSyncs("SCCCSCCCC")),
        new("success after a repair", FindingIds.SyncOccasionalSuccess, Severity.Information, false, null, () => Healthy().WithSyncs("SCCCSCCCC")),
        new("failing for three days", FindingIds.SyncOverdue, Severity.Warning, false, null, () => Healthy().WithSyncs(new string('F', 36) + "S")),
        new("failing for nine days", FindingIds.SyncOverdue, Severity.Critical, false, null, () => Healthy().WithSyncs(new string('F', 108) + "S")),
        new("nothing tried for ten days", FindingIds.SyncOverdue, Severity.Warning, false, PlaybookCatalog.SyncOnlyId, () => Healthy().WithSyncs("S") with { Now = Now.AddDays(10) }),
        new("running for hours", FindingIds.SyncRunningLong, Severity.Warning, false, null,
            () => Healthy().ChangeWsus(wsus => wsus with { SubscriptionState = SubscriptionState.Working, Progress = new SyncProgress(SyncPhase.Updates, 5, 100, Now.AddHours(-6)) })),
        new("site does not synchronize", FindingIds.ConfigMgrSyncFailing, Severity.Warning, false, null,
            () => Healthy() with { RecentSyncs = [.. History("SSS"), .. History("FSS", "WSUS server not configured. Please refer to WCM.log", source: SyncSource.ConfigMgr, offsetMinutes: -1)] }),
        new("All Software Updates empty", FindingIds.UpdatesEmpty, Severity.Critical, false, PlaybookCatalog.SyncOnlyId, () => Healthy().ChangeConfigMgr(state => state with { SoftwareUpdateCount = 0 })),
        new("empty because SMS_EXECUTIVE is stopped", FindingIds.UpdatesEmpty, Severity.Critical, false, Executive,
            () => Healthy().ChangeConfigMgr(state => state with { SoftwareUpdateCount = 0 }).Stop(ServiceNames.SmsExecutive)),
        new("WSUS empty, no site", FindingIds.UpdatesEmpty, Severity.Critical, false, PlaybookCatalog.SyncOnlyId,
            () => Healthy().ChangeWsus(wsus => wsus with { Counts = new WsusCounts() }).Change(snapshot => snapshot with { ConfigMgr = snapshot.ConfigMgr.NotInstalled() })),
        new("repaired, not synchronized since", FindingIds.SyncAwaited, Severity.Warning, false, PlaybookCatalog.SyncOnlyId,
            () => Healthy().WithSyncs("CCCS").ChangePool(pool => pool with { StateSince = Now.AddMinutes(-10) })),
        new("repaired, synchronizes now", FindingIds.SyncAwaited, Severity.Warning, false, null,
            () => Healthy().WithSyncs("RCCCS").ChangePool(pool => pool with { StateSince = Now.AddHours(-3) })),
        new("cause unknown", FindingIds.UnknownCause, Severity.Warning, false, null, () => Healthy().WithSyncs("CCCS")),
        new("cause unknown, text without a reason", FindingIds.UnknownCause, Severity.Warning, false, null, () => Healthy().WithSyncs("FS", "The operation could not be completed.")),
    ];

    private static IEnumerable<RuleCase> ReadingCases() =>
    [
        new("agent does not answer", FindingIds.AgentUnreachable, Severity.Critical, false, null,
            () => Healthy() with { IsReachable = false, UnreachableSince = Now.AddHours(-2), LinkError = "connection refused" }),
        new("WSUS answers 503", FindingIds.WsusUnavailable, Severity.Critical, true, Full,
            () => Healthy().Change(snapshot => snapshot with { Wsus = snapshot.Wsus.Unreadable(ReadFailure.Unavailable, "HTTP 503") })),
        new("WSUS refuses the agent", FindingIds.WsusAccessDenied, Severity.Warning, false, null,
            () => Healthy().Change(snapshot => snapshot with { Wsus = snapshot.Wsus.Unreadable(ReadFailure.AccessDenied, "HTTP 401") })),
        new("configuration damaged", FindingIds.IisConfigurationDamaged, Severity.Critical, false, null,
            () => Healthy().Change(snapshot => snapshot with { Iis = snapshot.Iis.Unreadable(ReadFailure.Malformed, "line 212, column 9: unexpected end of file") })),
        new("event log not readable", FindingIds.SectionUnreadable, Severity.Warning, false, null,
            () => Healthy().Change(snapshot => snapshot with { Events = snapshot.Events.Unreadable(ReadFailure.AccessDenied, "access denied") })),
        new("WSUS answers HTML", FindingIds.SectionUnreadable, Severity.Warning, false, null,
            () => Healthy().Change(snapshot => snapshot with { Wsus = snapshot.Wsus.Unreadable(ReadFailure.Malformed, "the answer is HTML") })),
        new("policy of the agent gone", FindingIds.AgentProblem, Severity.Warning, false, null,
            () => Healthy().Change(snapshot => snapshot with { Agent = snapshot.Agent with { Problems = ["policy.json is missing."] } })),
        new("services not read in time", FindingIds.DataStale, Severity.Warning, false, null,
            () => Healthy().Change(snapshot => snapshot with { Services = snapshot.Services with { ReadAt = Now.AddMinutes(-5) } })),
    ];
    private static IEnumerable<RuleCase> ClientCases() =>
    [
        new("scans get 503", FindingIds.ClientsFailing, Severity.Critical, false, null, () => Clients(ClientEndpoint.ClientWebService, state => state with { Answer = Answer(503) })),
        new("pool stopped, so nobody asked", FindingIds.ClientsFailing, Severity.Critical, false, null,
            () => Clients(ClientEndpoint.SimpleAuthWebService, state => state with { Skipped = SkipReason.PoolStopped, Answer = null })),
        new("configuration refused by the worker", FindingIds.ClientsFailing, Severity.Critical, false, null,
            () => Clients(ClientEndpoint.ClientWebService, state => state with { Answer = Answer(500, 19), Usual = AnswerClass.NotAsked })),
        new("scans wait in vain", FindingIds.ClientsFailing, Severity.Critical, false, null, () => Clients(ClientEndpoint.ClientWebService, state => state with { Answer = NoAnswer(ProbeFailure.TimedOut) })),
        new("scans refused that were not", FindingIds.ClientsFailing, Severity.Critical, false, null, () => Clients(ClientEndpoint.ClientWebService, state => state with { Answer = Answer(403) })),
        new("files not found", FindingIds.ClientsFailing, Severity.Warning, false, null, () => Clients(ClientEndpoint.Content, state => state with { Answer = Answer(404, 0) })),
        new("reports fail", FindingIds.ClientsFailing, Severity.Warning, false, null, () => Clients(ClientEndpoint.ReportingWebService, state => state with { Answer = Answer(500) })),
        new("never seen to answer otherwise", FindingIds.ClientsFailing, Severity.Warning, false, null,
            () => Clients(ClientEndpoint.ClientWebService, state => state with { Answer = Answer(500), Usual = AnswerClass.NotAsked })),
        new("answers take seconds", FindingIds.ClientsSlow, Severity.Warning, false, null, () => Clients(ClientEndpoint.ClientWebService, state => state with { Percentile95 = TimeSpan.FromSeconds(9) })),
        new("certificate ends soon", FindingIds.ClientCertificateEnds, Severity.Warning, false, null, () => Certificate(12)),
        new("certificate ends this week", FindingIds.ClientCertificateEnds, Severity.Critical, false, null, () => Certificate(6.5)),
        new("certificate has ended", FindingIds.ClientCertificateEnds, Severity.Critical, false, null, () => Certificate(-1)),
        new("not reachable from outside", FindingIds.ClientsCutOff, Severity.Warning, false, null,
            () => Healthy().WithOutside(ClientEndpoints.OfClients, 20, state => state with { Answer = NoAnswer(ProbeFailure.NotConnected) })),
        new("refused only outside", FindingIds.ClientsCutOff, Severity.Warning, false, null, () => Healthy().WithOutside([ClientEndpoint.ClientWebService], 20, state => state with { Answer = Answer(403, 6) })),
    ];

    private static Observation Clients(ClientEndpoint which, Func<EndpointState, EndpointState> change) => Healthy().ChangeClient([which], 6, change);

    private static Observation Certificate(double days) => Healthy().ChangeClient(
        [ClientEndpoint.ClientWebService], 6, state => state with { Answer = state.Answer! with { Certificate = new ProbeCertificate(Now.AddDays(days), CertificateProblem.None) } });
}
