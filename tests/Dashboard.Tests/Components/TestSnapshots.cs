using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Components;

/// <summary>Snapshots that look like those of real servers.</summary>
internal static class TestSnapshots
{
    private static readonly PoolSettings Starved = new() { PrivateMemoryKilobytes = 1_843_200 };

    /// <summary>All as the guide recommends; the last sync succeeded.</summary>
    public static Snapshot Healthy(DateTimeOffset now) => Of(now, BaselineComparer.Apply(new PoolSettings(), BaselineCatalog.Guide), PoolState.Started);

    /// <summary>Settings for a small environment, and the pool stopped.</summary>
    public static Snapshot PoolStopped(DateTimeOffset now) => Of(now, Starved, PoolState.Stopped);

    /// <summary>Settings for a small environment; the pool runs.</summary>
    public static Snapshot Drifted(DateTimeOffset now) => Of(now, Starved, PoolState.Started);

    /// <summary>A 64-bit pool, and a compression library that only 64-bit workers can load.</summary>
    public static Snapshot WithLibrary(DateTimeOffset now)
    {
        var snapshot = Of(now, Starved, PoolState.Started);
        var scheme = new CompressionScheme { Name = "xpress", Library = @"C:\Program Files\Update Services\WebServices\suscomp.dll", Bitness = LibraryBitness.Bits64, BitnessFor32BitWorker = LibraryBitness.Bits64 };
        return snapshot with { Iis = snapshot.Iis with { Value = snapshot.Iis.Value! with { CompressionSchemes = [scheme] } } };
    }

    /// <summary>Healthy, with everything that is read beside pools, services and counts.</summary>
    public static Snapshot WithReadings(DateTimeOffset now)
    {
        var healthy = Healthy(now);
        return healthy with
        {
            Host = Read(healthy.Host, now, healthy.Host.Value! with { InstalledUpdates = [new InstalledUpdate("KB5070884", now.AddDays(-2))], InstalledUpdatesReadAt = now, ProcessorCount = 4, BootedAt = now.AddDays(-2) }),
            Wsus = Read(healthy.Wsus, now, healthy.Wsus.Value! with { Database = new DatabaseSize { ReadAt = now, DataKilobytes = 8_388_608, Edition = "Express Edition", LimitKilobytes = 10_485_760, LicenseFiles = 310, MissingLicenseFiles = 4 } }),
            Iis = Read(healthy.Iis, now, healthy.Iis.Value! with
            {
                WsusDirectories = [new WebDirectory { Name = "ApiRemoting30", RequiresTls = true }, new WebDirectory { Name = "Content" }],
                WebServiceLimits = [new WebServiceLimits { Service = "ClientWebService", MaximumInstalledPrerequisites = 400 }],
            }),
            ConfigMgr = Read(healthy.ConfigMgr, now, new ConfigMgrState { SiteCode = "BRN", WsusConfiguration = new WsusConfiguration { State = WsusConfiguration.Failed, At = now, Problem = "Remote configuration failed on WSUS Server." } }),
        };
    }

    public static IReadOnlyList<SyncRun> ProxyRefused(DateTimeOffset now) =>
        Syncs(now, SyncResult.Failed, errorText: "UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required.");

    public static IReadOnlyList<SyncRun> Syncs(DateTimeOffset now, SyncResult result, int count = 5, string errorText = "") =>
        [.. Enumerable.Range(0, count).Select(index => new SyncRun
        {
            Id = $"wsus-{result}-{index}",
            Source = SyncSource.Wsus,
            StartedAt = now.AddHours(-6 * (index + 1)),
            EndedAt = now.AddHours(-6 * (index + 1)).AddMinutes(12),
            Result = result,
            ErrorText = errorText,
        })];

    private static Snapshot Of(DateTimeOffset now, PoolSettings settings, PoolState state)
    {
        var empty = Snapshot.Empty(new AgentInfo
        {
            AgentId = new string('a', 32),
            ComputerName = "SERVER",
            AgentVersion = "0.1.0",
            Policy = new AgentPolicy { Mode = PolicyMode.ApplySettings, AllowedServices = [.. ServiceNames.Watched], AllowedPools = ["WsusPool"] },
        });
        return empty with
        {
            Iis = Read(empty.Iis, now, new IisState
            {
                Pools = [new AppPool { Name = "WsusPool", State = state, Settings = settings, ApplicationCount = 8 }],
                WsusPoolName = "WsusPool",
                WsusSiteName = "WSUS Administration",
                SiteNames = ["Default Web Site", "WSUS Administration"],
            }),
            Services = Read(empty.Services, now, new ServicesState
            {
                Services = [.. ServiceNames.Watched.Select(name => new ServiceStatus { Name = name, State = ServiceState.Running, StartType = ServiceStartType.Automatic })],
            }),
            Wsus = Read(empty.Wsus, now, new WsusState { Version = "10.0.20348.1", SubscriptionState = SubscriptionState.NotRunning, Counts = new WsusCounts { Updates = 12_480 }, CountsReadAt = now }),
            ConfigMgr = empty.ConfigMgr with { Status = SectionStatus.NotInstalled, ReadAt = now, Interval = TimeSpan.FromSeconds(30) },
            Events = Read(empty.Events, now, new EventsState()),
            Host = Read(empty.Host, now, new HostState { TotalMemoryKilobytes = 16L * 1024 * 1024 }),
        };
    }

    private static Section<T> Read<T>(Section<T> section, DateTimeOffset now, T value)
        where T : class =>
        section with { Status = SectionStatus.Ok, ReadAt = now, AttemptedAt = now, Interval = TimeSpan.FromSeconds(30), Revision = 1, Value = value };
}
