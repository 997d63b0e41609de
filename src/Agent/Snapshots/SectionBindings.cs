using System.Globalization;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Snapshots;

/// <summary>The places of a snapshot, and what counts as a change in each.</summary>
internal static class SectionBindings
{
    /// <summary>A worker's memory trembles by megabytes between two reads; a step of this size is worth sending.</summary>
    private const long WorkerMemoryStepKilobytes = 32 * 1024;

    private const long HostMemoryStepKilobytes = 512 * 1024;

    /// <summary>An answer that takes twice as long, or half, is worth sending; one between them trembles.</summary>
    private const double WorthSendingFactor = 2;

    /// <summary>Below this no client notices a difference.</summary>
    private static readonly TimeSpan NoticeableTime = TimeSpan.FromMilliseconds(100);

    public static IReadOnlyList<SectionBinding> All { get; } =
    [
        new SectionBinding<IisState>(SectionNames.Iis)
        {
            Get = snapshot => snapshot.Iis,
            Set = (snapshot, section) => snapshot with { Iis = section },
            Map = WireMapping.ToWire,
            Round = RoundWorkers,
            States = StatesOfPools,
            Since = (state, since) => state with { Pools = [.. state.Pools.Select(pool => pool with { StateSince = since(StateSubjects.Pool(pool.Name)) })] },
        },
        new SectionBinding<ServicesState>(SectionNames.Services)
        {
            Get = snapshot => snapshot.Services,
            Set = (snapshot, section) => snapshot with { Services = section },
            Map = WireMapping.ToWire,
            States = state => state.Services.Select(service => new ObservedState(StateSubjects.Service(service.Name), service.State.ToString())),
            Since = (state, since) => state with { Services = [.. state.Services.Select(service => service with { StateSince = since(StateSubjects.Service(service.Name)) })] },
        },
        new SectionBinding<WsusState>(SectionNames.Wsus)
        {
            Get = snapshot => snapshot.Wsus,
            Set = (snapshot, section) => snapshot with { Wsus = section },
            Map = WireMapping.ToWire,
            Round = state => state with { CountsReadAt = null },
            Busy = state => state.IsSynchronizing,

            // Only the request to stop is worth an event: it tells a synchronization that somebody stopped from one that something ended.
            States = state => [new ObservedState(StateSubjects.WsusSync, state.SubscriptionState is SubscriptionState.CancelRequested ? nameof(SubscriptionState.CancelRequested) : "Normal")],
        },
        new SectionBinding<ConfigMgrState>(SectionNames.ConfigMgr)
        {
            Get = snapshot => snapshot.ConfigMgr,
            Set = (snapshot, section) => snapshot with { ConfigMgr = section },
            Map = WireMapping.ToWire,
            Busy = state => state.Progress is not null,
            States = state => state.SoftwareUpdatePoints.Select(point => new ObservedState(StateSubjects.SoftwareUpdatePoint(point.ServerName), point.LastSyncState.ToString(CultureInfo.InvariantCulture))),
            Round = state => state with { SyncLog = state.SyncLog is { } log ? log with { Position = 0, LinesRead = 0 } : null },
        },
        new SectionBinding<EventsState>(SectionNames.Events)
        {
            Get = snapshot => snapshot.Events,
            Set = (snapshot, section) => snapshot with { Events = section },
            Map = WireMapping.ToWire,
        },
        new SectionBinding<HostState>(SectionNames.Host)
        {
            Get = snapshot => snapshot.Host,
            Set = (snapshot, section) => snapshot with { Host = section },
            Map = WireMapping.ToWire,
            Round = RoundHost,
            NoiseInterval = TimeSpan.FromMinutes(1),
        },
        new SectionBinding<ClientState>(SectionNames.Client)
        {
            Get = snapshot => snapshot.Client,
            Set = (snapshot, section) => snapshot with { Client = section },
            Map = WireMapping.ToWire,
            Hold = HoldTimes,
            States = state => state.Endpoints.Select(endpoint => new ObservedState(StateSubjects.Client(endpoint.Endpoint), endpoint.State)),
            Since = (state, since) => state with { Endpoints = [.. state.Endpoints.Select(endpoint => endpoint with { Since = since(StateSubjects.Client(endpoint.Endpoint)) })] },
        },
        new SectionBinding<PostureState>(SectionNames.Posture)
        {
            Get = snapshot => snapshot.Posture,
            Set = (snapshot, section) => snapshot with { Posture = section },
            Map = WireMapping.ToWire,
            Round = RoundPosture,
            NoiseInterval = TimeSpan.FromHours(1),
        },
    ];

    /// <summary>The slot of a section.</summary>
    /// <exception cref="ArgumentException">There is no section of that name.</exception>
    public static SectionBinding Find(string sectionName) =>
        All.FirstOrDefault(slot => slot.Name == sectionName)
        ?? throw new ArgumentException($"There is no section \"{sectionName}\"; there are {string.Join(", ", SectionNames.All)}.", nameof(sectionName));

    private static IisState RoundWorkers(IisState state) => state with
    {
        Pools = [.. state.Pools.Select(pool => pool with { Workers = [.. pool.Workers.Select(RoundWorker)] })],
    };

    private static PoolWorker RoundWorker(PoolWorker worker) => worker with { PrivateKilobytes = worker.PrivateKilobytes / WorkerMemoryStepKilobytes };

    private static HostState RoundHost(HostState state) => state with
    {
        AvailableMemoryKilobytes = state.AvailableMemoryKilobytes / HostMemoryStepKilobytes,
        ContentVolumeFreeKilobytes = state.ContentVolumeFreeKilobytes / HostMemoryStepKilobytes,
        ProcessorPercent = null,
        AgentMemoryKilobytes = 0,
        AgentProcessorPercent = 0,
        Collectors = [],
    };

    /// <summary>When a part was read is no news by itself, and free space trembles.</summary>
    private static PostureState RoundPosture(PostureState state) => state with
    {
        Windows = state.Windows with { ReadAt = null },
        Protocols = state.Protocols with { ReadAt = null },
        Site = state.Site with { ReadAt = null },
        Firewall = state.Firewall with { ReadAt = null },
        Role = state.Role with { ReadAt = null },
        Signs = state.Signs with { ReadAt = null, EventsSince = null },
        Products = state.Products with { ReadAt = null },
        Uup = state.Uup with { ReadAt = null, FreeKilobytes = state.Uup.FreeKilobytes / HostMemoryStepKilobytes, GrowthKilobytesPerDay = state.Uup.GrowthKilobytesPerDay / HostMemoryStepKilobytes },
        Findings = [.. state.Findings.Select(finding => finding with { Evidence = [.. finding.Evidence.Select(evidence => evidence with { At = null })] })],
    };

    private static ClientState HoldTimes(ClientState sent, ClientState state) => state with
    {
        Endpoints = [.. state.Endpoints.Select(endpoint => sent.Find(endpoint.Endpoint) is { } before ? HoldTimes(before, endpoint) : endpoint)],
    };

    private static EndpointState HoldTimes(EndpointState sent, EndpointState endpoint) => endpoint with
    {
        Answer = endpoint.Answer is { } answer && sent.Answer is { } before && IsNear(before.Duration, answer.Duration) ? answer with { Duration = before.Duration } : endpoint.Answer,
        Percentile95 = endpoint.Percentile95 is { } now && sent.Percentile95 is { } then && IsNear(then, now) ? then : endpoint.Percentile95,
    };

    private static bool IsNear(TimeSpan sent, TimeSpan now)
    {
        var (before, after) = (Noticeable(sent), Noticeable(now));
        return after < before * WorthSendingFactor && before < after * WorthSendingFactor;
    }

    private static TimeSpan Noticeable(TimeSpan time) => time < NoticeableTime ? NoticeableTime : time;

    private static IEnumerable<ObservedState> StatesOfPools(IisState state)
    {
        foreach (var pool in state.Pools)
        {
            yield return new ObservedState(StateSubjects.Pool(pool.Name), pool.State.ToString());
            foreach (var setting in PoolSettingCatalog.All)
            {
                yield return new ObservedState(StateSubjects.Setting(pool.Name, setting.Key), setting.Read(pool.Settings));
            }
        }
    }
}
