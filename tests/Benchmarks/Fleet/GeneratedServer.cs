using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Benchmarks.Fleet;

/// <summary>A healthy WSUS server of Configuration Manager, with as much in its sections as a real one has.</summary>
internal static class GeneratedServer
{
    /// <summary>Updates of a server that no change was made on; no marker.</summary>
    public const long Updates = 12_480;

    private const int Events = 20;

    public static Snapshot Snapshot(DateTimeOffset now)
    {
        var empty = Shared.Snapshots.Snapshot.Empty(new AgentInfo { AgentId = new string('a', 32), ComputerName = "SERVER", AgentVersion = "0.1.0" });
        return empty with
        {
            Iis = Read(empty.Iis, Iis(PoolState.Started, now)),
            Services = Read(empty.Services, new ServicesState
            {
                Services = [.. ServiceNames.Watched.Select(name => new ServiceStatus { Name = name, DisplayName = name, Account = "LocalSystem", State = ServiceState.Running, StartType = ServiceStartType.Automatic, StateSince = now.AddDays(-3) })],
            }),
            Wsus = Read(empty.Wsus, Wsus(Updates, now)),
            Events = Read(empty.Events, new EventsState { Recent = [.. Enumerable.Range(1, Events).Select(number => Event(number, now))] }),
            Host = Read(empty.Host, new HostState { OperatingSystem = "Microsoft Windows Server 2022 Standard", ProcessorCount = 4, TotalMemoryKilobytes = 16L * 1024 * 1024, AvailableMemoryKilobytes = 7L * 1024 * 1024, BootedAt = now.AddDays(-3) }),
        };

        Section<T> Read<T>(Section<T> section, T value)
            where T : class => section with { Status = SectionStatus.Ok, ReadAt = now, AttemptedAt = now, Interval = TimeSpan.FromSeconds(15), Value = value };
    }

    public static IisState Iis(PoolState pool, DateTimeOffset now) => new()
    {
        Pools =
        [
            new AppPool { Name = "WsusPool", State = pool, Settings = BaselineComparer.Apply(new PoolSettings(), BaselineCatalog.Guide), ApplicationCount = 8, StateSince = now },
            new AppPool { Name = "DefaultAppPool", State = PoolState.Started, Settings = new PoolSettings(), ApplicationCount = 1, StateSince = now.AddDays(-3) },
        ],
        WsusPoolName = "WsusPool",
        WsusSiteName = "WSUS Administration",
        SiteNames = ["Default Web Site", "WSUS Administration"],
    };

    public static WsusState Wsus(long updates, DateTimeOffset now) => new()
    {
        Version = "10.0.20348.1",
        Port = 8530,
        SubscriptionState = SubscriptionState.NotRunning,
        SynchronizesAutomatically = true,
        NextSyncAt = now.AddHours(6),
        Source = "Microsoft Update",
        Counts = new() { Updates = updates },
        CountsReadAt = now,
    };

    /// <summary>The syncs that a server knows when it is met: one every six hours, oldest first, one of ten failed.</summary>
    public static IEnumerable<SyncRun> Syncs(int count, DateTimeOffset now) => Enumerable.Range(0, count).Select(index => new SyncRun
    {
        Id = $"sync-{index}",
        Source = SyncSource.Wsus,
        Trigger = SyncTrigger.Scheduled,
        StartedAt = now.AddHours(-6 * (count - index)),
        EndedAt = now.AddHours(-6 * (count - index)).AddMinutes(12),
        Result = index % 10 == 3 ? SyncResult.Failed : SyncResult.Succeeded,
    });

    public static Wire.Section ToWire<T>(Section<T> section)
        where T : class => section switch
        {
            Section<IisState> iis => iis.ToWire(),
            Section<WsusState> wsus => wsus.ToWire(),
            _ => throw new ArgumentOutOfRangeException(nameof(section)),
        };

    private static WindowsEvent Event(int number, DateTimeOffset now) => new()
    {
        RecordId = 90_000 + number,
        LogName = "Application",
        Provider = "Windows Server Update Services",
        EventId = 10_000 + number,
        Level = EventLevel.Information,
        At = now.AddHours(-number),
        Message = "The Windows Server Update Services component is working as expected; this is a message of the length that they have.",
    };
}
