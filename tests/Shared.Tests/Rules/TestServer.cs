using WsusDashboard.Shared.Baselines;
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
        },
    };

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

    public static Observation ChangeWsus(this Observation observation, Func<WsusState, WsusState> change) =>
        observation.Change(snapshot => snapshot with { Wsus = snapshot.Wsus with { Value = change(snapshot.Wsus.Value!) } });

    public static Observation ChangeConfigMgr(this Observation observation, Func<ConfigMgrState, ConfigMgrState> change) =>
        observation.Change(snapshot => snapshot with { ConfigMgr = snapshot.ConfigMgr with { Value = change(snapshot.ConfigMgr.Value!) } });

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
