using WsusDashboard.Shared;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>Small true-to-life records.</summary>
internal static class Samples
{
    public static AgentInfo Agent(string computerName = "BRN-WSUS02", string epoch = "epoch-1", int protocolVersion = AgentInfo.CurrentProtocolVersion) => new()
    {
        AgentId = "0123456789abcdef0123456789abcdef",
        ComputerName = computerName,
        AgentVersion = "0.1.0",
        ProtocolVersion = protocolVersion,
        OperatingSystem = "Windows Server 2022",
        Roles = ["wsus"],
        SequenceEpoch = epoch,
        StartedAt = Clock.Start,
    };

    /// <summary>A server whose pool is started and whose services run.</summary>
    public static Snapshot Snapshot(DateTimeOffset readAt, string computerName = "BRN-WSUS02", string epoch = "epoch-1", PoolState pool = PoolState.Started, long? updates = 12_480) =>
        Shared.Snapshots.Snapshot.Empty(Agent(computerName, epoch)) with
        {
            Revision = 1,
            Iis = Section(SectionNames.Iis, readAt, new IisState { WsusPoolName = "WsusPool", WsusSiteName = "WSUS Administration", SiteNames = ["WSUS Administration"], Pools = [Pool(pool)] }),
            Services = Section(SectionNames.Services, readAt, new ServicesState
            {
                Services = [.. ServiceNames.Watched.Select(name => new ServiceStatus { Name = name, State = ServiceState.Running, StartType = ServiceStartType.Automatic })],
            }),
            Wsus = Section(SectionNames.Wsus, readAt, new WsusState
            {
                Version = "10.0.20348.1",
                Port = 8530,
                SubscriptionState = SubscriptionState.NotRunning,
                Counts = updates is { } count ? new WsusCounts { Updates = count } : null,
                CountsReadAt = readAt,
            }),
            ConfigMgr = new() { Name = SectionNames.ConfigMgr, Status = SectionStatus.NotInstalled, AttemptedAt = readAt },
            Events = Section(SectionNames.Events, readAt, new EventsState()),
            Host = Section(SectionNames.Host, readAt, new HostState { TotalMemoryKilobytes = 16_777_216, AvailableMemoryKilobytes = 8_388_608 }),
        };

    /// <summary>The same with one service that does not run.</summary>
    public static Snapshot WithServiceStopped(DateTimeOffset readAt, string service)
    {
        var snapshot = Snapshot(readAt);
        return snapshot with
        {
            Services = snapshot.Services with
            {
                Value = new ServicesState { Services = [.. snapshot.Services.Value!.Services.Select(status => status.Name == service ? status with { State = ServiceState.Stopped } : status)] },
            },
        };
    }

    /// <summary>Synchronizations that no playbook can help, as the events 1 to 4.</summary>
    public static IEnumerable<AgentEvent> ProxyRefused(DateTimeOffset now) => Enumerable.Range(1, 4).Select(number => SyncEvent(
        number,
        Sync($"wsus-{number}", now.AddHours(-6 + number), SyncResult.Failed) with { ErrorText = "UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required." }));

    /// <summary>WSUS answers as usual at this port; other answers are the test's.</summary>
    public static Section<ClientState> Client(DateTimeOffset readAt, int port = 8530, string host = "brn-wsus02.corp.example", Func<EndpointState, EndpointState>? change = null) => Section(SectionNames.Client, readAt, new ClientState
    {
        Endpoints =
        [
            .. ClientEndpoints.Locate(host, port, usesTls: false).Select(target => new EndpointState
            {
                Endpoint = target.Endpoint,
                Address = target.Address.ToString(),
                PoolName = "WsusPool",
                Answer = new ProbeAnswer { Status = target.Endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200, Duration = TimeSpan.FromMilliseconds(12) },
                Usual = target.Endpoint is ClientEndpoint.ApiRemoting30 ? AnswerClass.Refused : AnswerClass.Answered,
                Since = readAt.AddDays(-1),
            }).Select(change ?? (state => state)),
        ],
    });

    public static AppPool Pool(PoolState state, long privateMemoryKilobytes = 1_843_200) => new()
    {
        Name = "WsusPool",
        State = state,
        ApplicationCount = 8,
        Settings = new PoolSettings { PrivateMemoryKilobytes = privateMemoryKilobytes },
        Workers = state == PoolState.Started ? [new PoolWorker(4711, 900_000, null)] : [],
    };

    public static SyncRun Sync(string id, DateTimeOffset startedAt, SyncResult result, SyncSource source = SyncSource.Wsus, int minutes = 10) => new()
    {
        Id = id,
        Source = source,
        Trigger = SyncTrigger.Scheduled,
        StartedAt = startedAt,
        EndedAt = result == SyncResult.Running ? null : startedAt.AddMinutes(minutes),
        Result = result,
    };

    public static AgentEvent SyncEvent(long sequence, SyncRun run) => new() { Sequence = sequence, At = run.EndedAt ?? run.StartedAt, SyncRun = run };

    public static AgentEvent ChangeEvent(long sequence, string to) => new() { Sequence = sequence, At = Clock.Start.AddSeconds(sequence), StateChange = new("pool:WsusPool", "", to, "") };

    public static Repair Run(string id = "run-1", RepairState state = RepairState.Running, long revision = 1, string computerName = "BRN-WSUS02") => new()
    {
        Id = id,
        PlanFingerprint = new string('a', 64),
        ComputerName = computerName,
        Playbook = "full-repair",
        Baseline = "guide",
        PoolName = "WsusPool",
        State = state,
        RequestedBy = "tests",
        StartedAt = Clock.Start,
        EndedAt = state == RepairState.Running ? null : Clock.Start.AddMinutes(4),
        Revision = revision,
        CanUndo = true,
        Steps =
        [
            new RepairStep { Number = 1, Kind = StepKind.SaveSettings, Title = "Save settings", State = StepState.Done },
            new RepairStep { Number = 2, Kind = StepKind.ApplySettings, Title = "Apply settings", State = state == RepairState.Running ? StepState.Running : StepState.Done },
        ],
        Verification = state == RepairState.Succeeded ? new Verification { SyncResult = SyncResult.Succeeded, Succeeded = true, Sentence = "The sync succeeded after 4 min." } : null,
    };

    public static Plan Plan(string fingerprint = "f1", string refusal = "") => new()
    {
        Id = "plan-1",
        ComputerName = "BRN-WSUS02",
        Playbook = "full-repair",
        Baseline = "guide",
        Fingerprint = fingerprint,
        CreatedAt = Clock.Start,
        PoolName = "WsusPool",
        Refusal = refusal,
        Steps = [new PlanStep { Number = 1, Kind = StepKind.SaveSettings, Title = "Save settings" }],
    };

    private static Section<T> Section<T>(string name, DateTimeOffset readAt, T value)
        where T : class => new()
        {
            Name = name,
            Revision = 1,
            Status = SectionStatus.Ok,
            ReadAt = readAt,
            AttemptedAt = readAt,
            Interval = TimeSpan.FromSeconds(30),
            Value = value,
        };
}
