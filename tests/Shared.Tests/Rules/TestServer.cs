using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Tests.Rules;

/// <summary>A healthy WSUS and site server at one moment, and the words with which a test makes it ill.</summary>
internal static class TestServer
{
    public const string Pool = "WsusPool";
    public static readonly DateTimeOffset Now = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset ReadAt = Now.AddSeconds(-10);

    /// <summary>WSUS's compression library: 64-bit, and told to every worker.</summary>
    public static CompressionScheme Library { get; } = new()
    {
        Name = "xpress",
        Library = @"C:\Program Files\Update Services\WebServices\suscomp.dll",
        Bitness = LibraryBitness.Bits64,
        BitnessFor32BitWorker = LibraryBitness.Bits64,
    };

    public static Observation Healthy(Baseline? baseline = null) => new()
    {
        Now = Now,
        ServerName = "BRN-WSUS02",
        Baseline = baseline ?? BaselineCatalog.Guide,
        RecentSyncs = History("SSSSSSSSSSSSSS"),
        Snapshot = new Snapshot
        {
            Agent = new AgentInfo { AgentId = "a", ComputerName = "BRN-WSUS02", Roles = ["wsus", "mecm-site-server"] },
            Iis = Read(SectionNames.Iis, new IisState { Pools = [HealthyPool(baseline ?? BaselineCatalog.Guide)], WsusPoolName = Pool, WsusSiteName = "WSUS Administration", SiteNames = ["WSUS Administration"] }),
            Services = Read(SectionNames.Services, new ServicesState { Services = [.. ServiceNames.Watched.Select(name => new ServiceStatus { Name = name, State = ServiceState.Running, StartType = ServiceStartType.Automatic })] }),
            Wsus = Read(SectionNames.Wsus, new WsusState { Version = "10.0.20348.1", Port = 8530, SubscriptionState = SubscriptionState.NotRunning, Counts = new WsusCounts { Updates = 14_210 }, CountsReadAt = ReadAt, Source = "Microsoft Update" }),
            ConfigMgr = Read(SectionNames.ConfigMgr, new ConfigMgrState { SiteCode = "BRN", SoftwareUpdateCount = 12_480, SoftwareUpdatePoints = [new SupSyncStatus { ServerName = "BRN-WSUS02", LastSyncState = 6702, LastSuccessfulSyncAt = Now.AddHours(-2) }] }),
            Events = Read(SectionNames.Events, new EventsState()),
            Host = Read(SectionNames.Host, new HostState { TotalMemoryKilobytes = 32L * 1024 * 1024 }),
            Client = Read(SectionNames.Client, HealthyClient()),
        },
    };

    /// <summary>Every endpoint answers with 200, the administration with 401, for a week.</summary>
    public static ClientState HealthyClient() => new()
    {
        Endpoints =
        [
            .. ClientEndpoints.Locate("brn-wsus02.corp.example", 8531, usesTls: true).Select(target => new EndpointState
            {
                Endpoint = target.Endpoint,
                Address = target.Address.ToString(),
                PoolName = Pool,
                Answer = Answer(target.Endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200) with
                {
                    Certificate = target.Address.Scheme == Uri.UriSchemeHttps ? new ProbeCertificate(Now.AddDays(200), CertificateProblem.None) : null,
                },
                Usual = target.Endpoint is ClientEndpoint.ApiRemoting30 ? AnswerClass.Refused : AnswerClass.Answered,
                Since = Now.AddDays(-7),
                Percentile95 = TimeSpan.FromMilliseconds(40),
            }),
        ],
    };

    public static ProbeAnswer Answer(int status, int? subStatus = null) => new() { Status = status, SubStatus = subStatus, Duration = TimeSpan.FromMilliseconds(12) };

    public static ProbeAnswer NoAnswer(ProbeFailure failure) => new() { Failure = failure, Duration = TimeSpan.FromSeconds(30) };

    public static AppPool HealthyPool(Baseline baseline) => new()
    {
        Name = Pool,
        State = PoolState.Started,
        StateSince = Now.AddDays(-20),
        ApplicationCount = 8,
        Settings = BaselineComparer.Apply(new PoolSettings { PrivateMemoryKilobytes = 1_843_200 }, baseline),
        Workers = [new PoolWorker(4712, 900_000, Now.AddDays(-3))],
        QueuedRequests = 3,
        RejectedRequests = 0,
    };

    public static Section<T> Read<T>(string name, T value)
        where T : class => new() { Name = name, Revision = 1, Status = SectionStatus.Ok, ReadAt = ReadAt, AttemptedAt = ReadAt, Interval = Interval, Value = value };

    public static Section<T> Unreadable<T>(this Section<T> section, ReadFailure failure, string error)
        where T : class => section with { Status = SectionStatus.Unreadable, Failure = failure, Error = error, ReadAt = Now.AddHours(-1), FailingSince = Now.AddHours(-1) };

    public static Section<T> NotInstalled<T>(this Section<T> section)
        where T : class => section with { Status = SectionStatus.NotInstalled, Value = null };

    /// <summary>One letter a synchronization, newest first, two hours apart: S succeeded, C cancelled, F failed, U no end recorded, R runs.</summary>
    public static IReadOnlyList<SyncRun> History(string letters, string errorText = "", long errorCode = 0, SyncSource source = SyncSource.Wsus, double offsetMinutes = 0) =>
        [.. letters.Select((letter, index) => Run(letter, Now.AddHours(-2 * (index + 1)).AddMinutes(offsetMinutes), index, errorText, errorCode, source))];

    public static Observation Change(this Observation observation, Func<Snapshot, Snapshot> change) => observation with { Snapshot = change(observation.Snapshot!) };

    public static Observation ChangePool(this Observation observation, Func<AppPool, AppPool> change) =>
        observation.Change(snapshot => snapshot with { Iis = snapshot.Iis with { Value = snapshot.Iis.Value! with { Pools = [.. snapshot.Iis.Value.Pools.Select(change)] } } });

    public static Observation ChangeSettings(this Observation observation, Func<PoolSettings, PoolSettings> change) =>
        observation.ChangePool(pool => pool with { Settings = change(pool.Settings) });

    public static Observation ChangeService(this Observation observation, string name, Func<ServiceStatus, ServiceStatus> change) =>
        observation.Change(snapshot => snapshot with
        {
            Services = snapshot.Services with { Value = new ServicesState { Services = [.. snapshot.Services.Value!.Services.Select(service => service.Name == name ? change(service) : service)] } },
        });

    public static Observation Stop(this Observation observation, string service) => observation.ChangeService(service, status => status with { State = ServiceState.Stopped, StateSince = Now.AddHours(-3) });

    public static Observation Disable(this Observation observation, string service) =>
        observation.Stop(service).ChangeService(service, status => status with { StartType = ServiceStartType.Disabled });

    /// <summary>The scheme that WSUS registers, with this precondition.</summary>
    public static Observation WithLibrary(this Observation observation, string preCondition) =>
        observation.Change(snapshot => snapshot with { Iis = snapshot.Iis with { Value = snapshot.Iis.Value! with { CompressionSchemes = [Library with { PreCondition = preCondition }] } } });

    public static Observation ChangeWsus(this Observation observation, Func<WsusState, WsusState> change) =>
        observation.Change(snapshot => snapshot with { Wsus = snapshot.Wsus with { Value = change(snapshot.Wsus.Value!) } });

    public static Observation ChangeConfigMgr(this Observation observation, Func<ConfigMgrState, ConfigMgrState> change) =>
        observation.Change(snapshot => snapshot with { ConfigMgr = snapshot.ConfigMgr with { Value = change(snapshot.ConfigMgr.Value!) } });

    /// <summary>Some endpoints answer otherwise, since so many minutes.</summary>
    public static Observation ChangeClient(this Observation observation, IReadOnlyList<ClientEndpoint> which, double sinceMinutes, Func<EndpointState, EndpointState> change) =>
        observation.Change(snapshot => snapshot with { Client = snapshot.Client with { Value = Change(snapshot.Client.Value!, which, sinceMinutes, change) } });

    /// <summary>What the dashboard's computer is answered by the endpoints that clients ask; some of it otherwise, since so many minutes.</summary>
    public static Observation WithOutside(this Observation observation, IReadOnlyList<ClientEndpoint> which, double sinceMinutes, Func<EndpointState, EndpointState> change)
    {
        var healthy = new ClientState { Endpoints = [.. HealthyClient().Endpoints.Where(state => ClientEndpoints.OfClients.Contains(state.Endpoint))] };
        return observation with { Outside = Read(SectionNames.Client, Change(healthy, which, sinceMinutes, change)) };
    }

    public static Observation WithSyncs(this Observation observation, string letters, string errorText = "", long errorCode = 0) =>
        (observation with { RecentSyncs = History(letters, errorText, errorCode) }).ChangeConfigMgr(state => state with { SoftwareUpdatePoints = [] });

    /// <summary>Windows events of WAS about the pool, ten minutes apart, the newest in the middle of the newest synchronization.</summary>
    public static Observation WithEvents(this Observation observation, int eventId, int count, string pool = Pool, double newestHoursAgo = 1.97) => observation.Change(snapshot => snapshot with
    {
        Events = snapshot.Events with
        {
            Value = new EventsState
            {
                Recent = [.. snapshot.Events.Value!.Recent, .. Enumerable.Range(0, count).Select(index => new WindowsEvent
                {
                    RecordId = (eventId * 100L) + index,
                    LogName = WindowsEvents.SystemLog,
                    Provider = WindowsEvents.WasProvider,
                    EventId = eventId,
                    At = Now.AddHours(-newestHoursAgo).AddMinutes(-10 * index),
                    Message = $"... serving application pool '{pool}' ...",
                })],
            },
        },
    });

    private static ClientState Change(ClientState state, IReadOnlyList<ClientEndpoint> which, double sinceMinutes, Func<EndpointState, EndpointState> change) => state with
    {
        Endpoints = [.. state.Endpoints.Select(endpoint => which.Contains(endpoint.Endpoint) ? change(endpoint) with { Since = Now.AddMinutes(-sinceMinutes) } : endpoint)],
    };

    private static SyncRun Run(char letter, DateTimeOffset startedAt, int index, string errorText, long errorCode, SyncSource source)
    {
        var result = letter switch { 'S' => SyncResult.Succeeded, 'C' => SyncResult.Cancelled, 'F' => SyncResult.Failed, 'R' => SyncResult.Running, _ => SyncResult.Unknown };
        var failed = result is SyncResult.Cancelled or SyncResult.Failed;

        return new SyncRun
        {
            Id = $"{source}-{index}",
            Source = source,
            StartedAt = startedAt,
            EndedAt = result is SyncResult.Running or SyncResult.Unknown ? null : startedAt.AddMinutes(4),
            Result = result,
            ErrorText = failed ? errorText : "",
            ErrorCode = failed ? errorCode : 0,
        };
    }
}
