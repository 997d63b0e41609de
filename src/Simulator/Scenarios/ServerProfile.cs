using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Simulator.Scenarios;

/// <summary>What a simulated server is made of; does not change while the estate lives.</summary>
public sealed record ServerProfile
{
    public const int DefaultHistoryDays = 30;

    public required string Name { get; init; }

    /// <summary>The group it belongs to, and the first server's site code there.</summary>
    public required string Site { get; init; }

    public required Scenario Scenario { get; init; }

    public required int Seed { get; init; }

    /// <summary>Three characters; unique in the estate, as a primary site's code is.</summary>
    public required string SiteCode { get; init; }

    /// <summary>True where Configuration Manager's site server and provider are on this server.</summary>
    public bool IsSiteServer { get; init; } = true;

    /// <summary>Name of the server that a replica takes its updates from; null where they come from Microsoft Update.</summary>
    public string? UpstreamName { get; init; }

    /// <summary>Full names of the servers that take their updates from this one.</summary>
    public ValueList<string> DownstreamNames { get; init; } = [];

    /// <summary>Updates that the source offers.</summary>
    public int CatalogueSize { get; init; } = 12_480;

    /// <summary>Updates that WSUS holds at first start.</summary>
    public int InitialUpdates { get; init; }

    /// <summary>Updates that Configuration Manager shows at first start.</summary>
    public int InitialConfigMgrUpdates { get; init; }

    /// <summary>Days of the past that are made at first start.</summary>
    public int HistoryDays { get; init; } = DefaultHistoryDays;

    public int Computers { get; init; } = 1_200;

    public long TotalMemoryKilobytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>Requests of clients in a second of simulated time.</summary>
    public double ClientRequestsPerSecond { get; init; } = 20;

    /// <summary>Time between two scheduled synchronizations, in simulated time.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Share of the scheduled synchronizations that bring a small delta only, for which little memory is enough.</summary>
    public double SmallSyncShare { get; init; }

    /// <summary>"proxy.corp.example" where one is used; empty otherwise.</summary>
    public string ProxyName { get; init; } = "";

    public bool ProxyRefuses { get; init; }

    /// <summary>True where Microsoft Update answers nobody: every synchronization against it times out.</summary>
    public bool IsMicrosoftDown { get; init; }

    /// <summary>True where the pool carries the guide's settings at first start.</summary>
    public bool HasGuideSettings { get; init; } = true;

    /// <summary>True where the pool carries a mixture of old recommendations at first start.</summary>
    public bool HasMixedSettings { get; init; }

    /// <summary>Precondition of the compression scheme that WSUS registered: "bitness64" keeps it out of 32-bit workers, empty does not.</summary>
    public string SchemePreCondition { get; init; } = "bitness64";

    /// <summary>True where another product has its 64-bit module loaded by every worker, without a precondition that keeps it out of 32-bit ones.</summary>
    public bool HasNativeModule { get; init; }

    /// <summary>True where wsyncmgr.log is written in the full form (A of configmgr.md), false for the simple form (B).</summary>
    public bool WritesFullLogForm { get; init; }

    /// <summary>Days until the certificate of its WSUS ends, counted from each start of the estate; null = WSUS uses plain HTTP.</summary>
    public int? CertificateDays { get; init; }

    /// <summary>What a slow database adds to each answer of WSUS's web services to a client, in simulated time.</summary>
    public TimeSpan DatabaseDelay { get; init; }

    /// <summary>True where the security update of October 2025 is installed: WSUS then keeps the reason of a failed synchronization to itself. What it shows instead isn't known; here it shows nothing.</summary>
    public bool HidesErrors { get; init; }

    /// <summary>True where WsusService died during a synchronization of the last days, so that it has no end.</summary>
    public bool HasRunWithoutEnd { get; init; }

    /// <summary>Which Windows it runs on, and how far that is updated.</summary>
    public SimulatedWindows Windows { get; init; } = SimulatedWindows.UpToDate;

    /// <summary>Version of Configuration Manager on a site server.</summary>
    public string ConfigMgrVersion { get; init; } = "5.00.9146.1000";

    /// <summary>True where drivers are selected for synchronization.</summary>
    public bool SynchronizesDrivers { get; init; }

    /// <summary>True where the firewall lets everyone reach WSUS, false where only the server's own network.</summary>
    public bool IsOpenToAll { get; init; }

    public PolicyMode Policy { get; init; } = PolicyMode.ApplySettings;

    public string Domain { get; init; } = "corp.example";

    public string FullyQualifiedName => $"{Name}.{Domain}";

    public bool IsReplica => UpstreamName is not null;

    /// <summary>Synchronizations are started by WSUS's own schedule where no site server does it.</summary>
    public bool SynchronizesAutomatically => !IsSiteServer && !IsReplica;

    internal SeededDraw Draw => new(Seed, Name);
}
