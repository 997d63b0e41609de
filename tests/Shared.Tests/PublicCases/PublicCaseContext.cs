using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Tests.PublicCases;

/// <summary>Makes what the rules look at out of a public case. What the report doesn't tell is not read, so that no rule leans on what nobody saw.</summary>
internal static class PublicCaseContext
{
    public static readonly DateTimeOffset End = new(2026, 1, 5, 6, 12, 0, TimeSpan.Zero);
    private const string Pool = "WsusPool";
    private const string Server = "BRN-WSUS02";
    private static readonly string[] Beginnings = ["Starting Sync", "Performing sync", "Wakeup"];
    private static readonly TimeSpan UsualDuration = TimeSpan.FromMinutes(12);

    /// <summary>The run and what is known around it.</summary>
    /// <param name="case">The case.</param>
    /// <param name="isTextHidden">WSUS gives no error text, as since October 2025.</param>
    public static SyncRunContext ToContext(this PublicCase @case, bool isTextHidden = false)
    {
        var observation = @case.ToObservation(isTextHidden);

        return SyncRunContext.Of(observation, observation.Snapshot, observation.RecentSyncs[0], null) with { Question = @case.Question };
    }

    /// <summary>The server half an hour after the run.</summary>
    public static Observation ToObservation(this PublicCase @case, bool isTextHidden = false)
    {
        var run = ToRun(@case, isTextHidden);
        var goodRuns = @case.Lines.Select(line => line.GoodRuns).DefaultIfEmpty().Max();

        return new Observation
        {
            Now = End.AddMinutes(30),
            ServerName = Server,
            Baseline = BaselineCatalog.Microsoft,
            RecentSyncs = [run, .. @case.Facts.RunsBefore.Select((letter, index) => Before(run, letter, index))],
            Snapshot = ToSnapshot(@case),
            Fleet = @case.Facts.Fleet,
            UpdatePoint = ToUpdatePoint(@case.Facts),
            Evidence =
            [
                new RunEvidence
                {
                    RunId = run.Id,
                    GoodRunsRead = goodRuns,
                    Lines = [.. @case.Lines.Select(line => new LoggedLine(line.Log, End.AddMinutes(line.Minute), line.Text) { GoodRuns = line.GoodRuns, CoveredGoodRuns = goodRuns })],
                },
            ],
        };
    }

    private static SyncRun ToRun(PublicCase @case, bool isTextHidden)
    {
        var begun = @case.Lines.Where(line => line.Minute < 0 && Beginnings.Any(word => line.Text.Contains(word, StringComparison.OrdinalIgnoreCase))).Select(line => line.Minute).DefaultIfEmpty(double.NaN).Max();

        return new SyncRun
        {
            Id = "run",
            Source = @case.Run.Source,
            StartedAt = double.IsNaN(begun) ? End - UsualDuration : End.AddMinutes(begun),
            EndedAt = @case.Run.Result is SyncResult.Unknown ? null : End,
            Result = @case.Run.Result,
            ErrorCode = isTextHidden ? 0 : @case.Run.ErrorCode,
            ErrorText = isTextHidden ? "" : @case.Run.ErrorText,
        };
    }

    private static SyncRun Before(SyncRun run, char letter, int index) => run with
    {
        Id = $"before-{index}",
        StartedAt = run.StartedAt.AddDays(-index - 1),
        EndedAt = End.AddDays(-index - 1),
        Result = letter switch { 'S' => SyncResult.Succeeded, 'C' => SyncResult.Cancelled, _ => SyncResult.Failed },
        ErrorCode = 0,
        ErrorText = "",
    };

    private static Snapshot ToSnapshot(PublicCase @case)
    {
        var facts = @case.Facts;
        var hasSite = @case.Run.Source is SyncSource.ConfigMgr || @case.Lines.Any(line => LogNames.All.Contains(line.Log));
        List<string> roles = [.. facts.IsWsusHere ? [ServerRoles.Wsus] : (string[])[], .. hasSite ? ["mecm-site-server"] : (string[])[]];
        var empty = Snapshot.Empty(new AgentInfo { AgentId = "a", ComputerName = Server, Roles = [.. roles], StartedAt = End.AddDays(-20) });

        return empty with
        {
            Iis = ToIis(empty.Iis, facts),
            Services = Read(empty.Services, new ServicesState { Services = [.. ServiceNames.Watched.Select(name => ToService(name, facts, hasSite))] }),
            Wsus = facts.IsWsusHere ? Read(empty.Wsus, ToWsus(facts)) : empty.Wsus with { Status = SectionStatus.NotInstalled },
            ConfigMgr = hasSite ? Read(empty.ConfigMgr, new ConfigMgrState { SiteCode = "BRN", SoftwareUpdateCount = facts.SiteUpdateCount }) : empty.ConfigMgr with { Status = SectionStatus.NotInstalled },
            Events = Read(empty.Events, new EventsState { Recent = [.. @case.Events.Select(ToEvent).OrderByDescending(item => item.At)] }),
            Host = Read(empty.Host, new HostState { TotalMemoryKilobytes = facts.MemoryKilobytes ?? 0, ContentVolumeFreeKilobytes = facts.FreeKilobytes, InstalledUpdates = [.. facts.InstalledUpdates] }),
        };
    }

    private static Section<IisState> ToIis(Section<IisState> section, PublicFacts facts)
    {
        var isKnown = facts.Pool is not null || facts.IsPoolMissing || facts.PoolStoppedMinute is not null || facts.PoolPrivateMemoryKilobytes is not null || facts.PoolQueueLength is not null
            || facts.IsPool32Bit is not null || facts.RequireTls.Count > 0;
        if (!facts.IsWsusHere || !isKnown)
        {
            return facts.IsWsusHere ? section : Read(section, new IisState());
        }

        var state = facts.PoolStoppedMinute is not null ? PoolState.Stopped : facts.Pool ?? PoolState.Unknown;
        var installed = new PoolSettings { PrivateMemoryKilobytes = facts.PoolPrivateMemoryKilobytes ?? 1_843_200, QueueLength = facts.PoolQueueLength ?? 1_000, Enable32BitAppOnWin64 = facts.IsPool32Bit ?? false };

        return Read(section, new IisState
        {
            WsusPoolName = Pool,
            Pools = facts.IsPoolMissing ? [] : [new AppPool { Name = Pool, State = state, StateSince = End.AddMinutes(facts.PoolStoppedMinute ?? -600), ApplicationCount = 8, Settings = installed }],
            WsusDirectories = [.. facts.RequireTls.Select(name => new WebDirectory { Name = name, RequiresTls = true })],
        });
    }

    private static WsusState ToWsus(PublicFacts facts) => new()
    {
        Source = facts.Upstream.Length > 0 ? facts.Upstream : "Microsoft Update",
        IsReplica = facts.IsReplica,
        UsesProxy = facts.Proxy.Length > 0,
        ProxyName = facts.Proxy,
        Counts = facts.WsusUpdateCount is { } updates ? new WsusCounts { Updates = updates } : null,
    };

    private static ServiceStatus ToService(string name, PublicFacts facts, bool hasSite)
    {
        var isSite = name is ServiceNames.SmsExecutive or ServiceNames.SiteComponentManager or ServiceNames.NotificationServer or ServiceNames.SmsAgentHost;
        var isHere = isSite ? hasSite : facts.IsWsusHere || name is not ServiceNames.WsusService;

        return new ServiceStatus
        {
            Name = name,
            State = !isHere ? ServiceState.NotInstalled : facts.StoppedServices.Contains(name, StringComparer.OrdinalIgnoreCase) ? ServiceState.Stopped : ServiceState.Running,
            StateSince = End.AddHours(-10),
        };
    }

    /// <summary>What the report tells of the pool or the services of an update point that is another server.</summary>
    private static UpdatePointView? ToUpdatePoint(PublicFacts facts) => facts switch
    {
        { IsWsusHere: true } => null,
        { Pool: PoolState.Stopped } or { PoolStoppedMinute: not null } => new UpdatePointView(Server, true, "Pool stopped", End.AddMinutes(facts.PoolStoppedMinute ?? -600)),
        { StoppedServices: [var service, ..] } when service is ServiceNames.WsusService or ServiceNames.WorldWideWeb => new UpdatePointView(Server, true, $"{service} stopped", End.AddHours(-10)),
        _ => null,
    };

    private static WindowsEvent ToEvent(PublicEvent item, int index) =>
        new() { RecordId = index + 1, LogName = item.Log, Provider = item.Provider, EventId = item.Id, At = End.AddMinutes(item.Minute), Message = item.Text };

    private static Section<T> Read<T>(Section<T> section, T value)
        where T : class => section with { Status = SectionStatus.Ok, ReadAt = End.AddMinutes(1), AttemptedAt = End.AddMinutes(1), Value = value };
}
