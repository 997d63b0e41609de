using System.Globalization;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Simulator.Scenarios;

/// <summary>
/// Which servers an estate of N has. The first 14 tell 13 of the 16 scenarios (a replica twice); an estate of 17 has all 16. One of 26 has five of them a second time
/// (pool on default settings, pool stopped, proxy, drifted, without Configuration Manager); beyond, most servers are healthy.
/// </summary>
public static class ScenarioCatalog
{
    public const int MaximumServers = 200;

    private const int DaysOfEndingCertificate = 12;
    private const int DaysOfGoodCertificate = 300;

    /// <summary>The last version whose support has ended when the others' has not.</summary>
    private const string OldConfigMgr = "5.00.9135.1000";

    /// <summary>Clients of the server that may only be looked at wait: its database is slow.</summary>
    private static readonly TimeSpan SlowDatabase = TimeSpan.FromSeconds(8);

    // The order matters: an estate of three already has a healthy, a starved and a stopped server.
    private static readonly Scenario[] FirstStories =
    [
        Scenario.Healthy, Scenario.StarvedPool, Scenario.PoolStopped, Scenario.ExecutiveStopped, Scenario.ProxyRefuses, Scenario.DriftedButWorking,
        Scenario.Upstream, Scenario.Replica, Scenario.Replica, Scenario.MonitorOnly, Scenario.Unreachable, Scenario.Standalone,
        Scenario.CompressionLibrary, Scenario.NativeModule,
    ];

    // In a larger estate most servers are well, as in life.
    private static readonly Scenario[] LaterStories =
    [
        Scenario.LargeCatalogue, Scenario.WsusServiceStopped, Scenario.ServiceDisabled, Scenario.StarvedPool, Scenario.Healthy, Scenario.Healthy,
        Scenario.Standalone, Scenario.DriftedButWorking, Scenario.PoolStopped, Scenario.ProxyRefuses, Scenario.Healthy, Scenario.Healthy,
        Scenario.Healthy, Scenario.Healthy, Scenario.Healthy, Scenario.Standalone, Scenario.Healthy, Scenario.ExecutiveStopped,
        Scenario.Healthy, Scenario.Healthy, Scenario.Healthy, Scenario.Healthy,
    ];

    private static readonly string[] Sites = ["ZRH", "BRN", "GVA", "BSL", "LSN", "LUG", "STG", "CHU", "SIO", "NEU", "FRB", "WIN"];

    /// <summary>The servers of an estate: the same for the same number and seed.</summary>
    public static IReadOnlyList<ServerProfile> Create(int servers, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(servers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(servers, MaximumServers);
        var upstream = Name(Array.IndexOf(FirstStories, Scenario.Upstream));
        List<ServerProfile> profiles = [.. Enumerable.Range(0, servers).Select(index => Profile(index, seed, upstream))];
        var below = profiles.Where(profile => profile.IsReplica).ToLookup(profile => profile.UpstreamName, profile => profile.FullyQualifiedName);
        return [.. profiles.Select(profile => profile with { DownstreamNames = [.. below[profile.Name]] })];
    }

    private static Scenario ScenarioAt(int index) =>
        index < FirstStories.Length ? FirstStories[index] : LaterStories[(index - FirstStories.Length) % LaterStories.Length];

    // The replicas stand beside their upstream server, all others go round the sites.
    private static string SiteAt(int index) => ScenarioAt(index) switch
    {
        Scenario.Upstream or Scenario.Replica => "BSL",
        _ => Sites[index % Sites.Length],
    };

    private static string Name(int index)
    {
        var role = ScenarioAt(index) is Scenario.Healthy or Scenario.ExecutiveStopped or Scenario.Upstream ? "SUP" : "WSUS";
        return string.Create(CultureInfo.InvariantCulture, $"{SiteAt(index)}-{role}{index + 1:00}");
    }

    private static ServerProfile Profile(int index, int seed, string upstream)
    {
        var site = SiteAt(index);
        var first = Enumerable.Range(0, index).All(earlier => SiteAt(earlier) != site);
        var draw = new SeededDraw(seed, Name(index));

        // A replica holds what its upstream server holds.
        var source = ScenarioAt(index) == Scenario.Replica ? new SeededDraw(seed, upstream) : draw;
        var catalogue = source.Between("catalogue", 0, 11_200, 14_000);
        var profile = new ServerProfile
        {
            Name = Name(index),
            Site = site,
            Scenario = ScenarioAt(index),
            Seed = seed,
            SiteCode = first ? site : string.Create(CultureInfo.InvariantCulture, $"P{index:X2}"),
            CatalogueSize = catalogue,
            InitialUpdates = catalogue,
            InitialConfigMgrUpdates = catalogue,
            Computers = draw.Between("computers", 0, 400, 4_800),
            ClientRequestsPerSecond = draw.Between("clients", 0, 8, 30),
            WritesFullLogForm = index % 3 == 2,

            // One of an estate: the others of its kind are well.
            CertificateDays = index == Array.IndexOf(FirstStories, Scenario.Standalone) ? DaysOfEndingCertificate : index == Array.LastIndexOf(FirstStories, Scenario.Replica) ? DaysOfGoodCertificate : null,
            HasRunWithoutEnd = index == Array.IndexOf(FirstStories, Scenario.Standalone),
            HidesErrors = index == Array.IndexOf(FirstStories, Scenario.ProxyRefuses),
        };
        return Shape(profile, upstream) with
        {
            Windows = index < FirstStories.Length ? WindowsOf(profile.Scenario) : SimulatedWindows.UpToDate,
            ConfigMgrVersion = profile.Scenario is Scenario.MonitorOnly ? OldConfigMgr : profile.ConfigMgrVersion,
            SynchronizesDrivers = profile.Scenario is Scenario.DriftedButWorking,
            IsOpenToAll = profile.Scenario is Scenario.StarvedPool or Scenario.PoolStopped,
        };
    }

    /// <summary>How the first servers of an estate are updated: one never, one in part, one a year ago, one near the end of its support, one that doesn't tell; the others are up to date.</summary>
    private static SimulatedWindows WindowsOf(Scenario scenario) => scenario switch
    {
        Scenario.StarvedPool => SimulatedWindows.NeverUpdated,
        Scenario.PoolStopped => SimulatedWindows.PartlyFixed,
        Scenario.ProxyRefuses => SimulatedWindows.OfOctober2025,
        Scenario.DriftedButWorking => SimulatedWindows.NearItsEnd,
        Scenario.ExecutiveStopped => SimulatedWindows.Unreadable,
        _ => SimulatedWindows.UpToDate,
    };

    private static ServerProfile Shape(ServerProfile profile, string upstream) => profile.Scenario switch
    {
        Scenario.Healthy or Scenario.Upstream or Scenario.Unreachable => profile,
        Scenario.StarvedPool => Starve(profile),
        Scenario.MonitorOnly => Starve(profile) with { Policy = PolicyMode.MonitorOnly, DatabaseDelay = SlowDatabase },
        Scenario.PoolStopped => Starve(profile) with { ClientRequestsPerSecond = 160, SmallSyncShare = 0, Computers = 6_400 },
        Scenario.ExecutiveStopped => profile with { InitialConfigMgrUpdates = 0 },
        Scenario.ProxyRefuses => profile with { ProxyName = "proxy.corp.example", ProxyRefuses = true, HasGuideSettings = false, HasMixedSettings = true, SyncInterval = TimeSpan.FromMinutes(10) },

        // It works, and the guide's settings as they stand would end that.
        Scenario.DriftedButWorking => profile with { HasGuideSettings = false, HasMixedSettings = true, SchemePreCondition = "" },
        Scenario.CompressionLibrary => profile with { SchemePreCondition = "", SyncInterval = TimeSpan.FromMinutes(10) },
        Scenario.NativeModule => Starve(profile) with { HasNativeModule = true },
        Scenario.WsusServiceStopped or Scenario.ServiceDisabled => profile with { SyncInterval = TimeSpan.FromMinutes(10) },
        Scenario.Replica => profile with { UpstreamName = upstream, IsSiteServer = false, InitialConfigMgrUpdates = 0 },
        Scenario.Standalone => profile with { IsSiteServer = false, InitialConfigMgrUpdates = 0, SyncInterval = TimeSpan.FromMinutes(60) },
        Scenario.LargeCatalogue => profile with { CatalogueSize = 24_600, InitialUpdates = 15_100, InitialConfigMgrUpdates = 0, TotalMemoryKilobytes = 32L * 1024 * 1024, SyncInterval = TimeSpan.FromMinutes(10) },
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile.Scenario, "Unknown scenario."),
    };

    private static ServerProfile Starve(ServerProfile profile) => profile with
    {
        HasGuideSettings = false,
        InitialUpdates = profile.CatalogueSize * 2 / 5,
        InitialConfigMgrUpdates = 0,
        SmallSyncShare = 0.15,
        SyncInterval = TimeSpan.FromMinutes(10),
    };
}
