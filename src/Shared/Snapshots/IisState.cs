using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Snapshots;

/// <summary>State of an application pool; numbers as in Microsoft.Web.Administration.ObjectState, shifted so that 0 is Unknown.</summary>
public enum PoolState
{
    Unknown = 0,
    Starting = 1,
    Started = 2,
    Stopping = 3,
    Stopped = 4,
}

/// <summary>The IIS of a server: its application pools, and which of them serves WSUS.</summary>
public sealed record IisState
{
    /// <summary>All pools, in the order of the configuration file.</summary>
    public ValueList<AppPool> Pools { get; init; } = [];

    /// <summary>The pool of the application /ClientWebService on the WSUS site ("WsusPool" by default); null where WSUS has none.</summary>
    public string? WsusPoolName { get; init; }

    /// <summary>The site that carries the WSUS applications.</summary>
    public string? WsusSiteName { get; init; }

    /// <summary>How the pool of WSUS was found, or why it was not, where that is not plain: two sites of WSUS, a missing registry value. Empty where it is.</summary>
    public string WsusPoolNote { get; init; } = "";

    /// <summary>All web sites: iisreset stops each of them.</summary>
    public ValueList<string> SiteNames { get; init; } = [];

    /// <summary>The compression schemes of the server, in the order of the configuration.</summary>
    public ValueList<CompressionScheme> CompressionSchemes { get; init; } = [];

    /// <summary>Why the schemes could not be read, for a person; empty where they could, or where the agent is too old to read them.</summary>
    public string CompressionProblem { get; init; } = "";

    /// <summary>The directories of WSUS's site, in the order of the configuration, at most 50; empty where there is none, or where they were not read.</summary>
    public ValueList<WebDirectory> WsusDirectories { get; init; } = [];

    /// <summary>Why <see cref="WsusDirectories"/> could not be read, for a person; empty where they could.</summary>
    public string WsusDirectoriesProblem { get; init; } = "";

    /// <summary>What the web.config files of WSUS's services allow a request; empty where they were not read.</summary>
    public ValueList<WebServiceLimits> WebServiceLimits { get; init; } = [];

    /// <summary>The pool that serves WSUS; null where it does not exist.</summary>
    public AppPool? WsusPool => Pools.FirstOrDefault(pool => string.Equals(pool.Name, WsusPoolName, StringComparison.OrdinalIgnoreCase));
}

/// <summary>One application pool.</summary>
public sealed record AppPool
{
    /// <summary>Applications that the setup of WSUS assigns to its pool (wsus.md, guide.md).</summary>
    public const int ExpectedWsusApplications = 8;

    public required string Name { get; init; }

    public PoolState State { get; init; }

    /// <summary>UTC time since which the agent has seen this state.</summary>
    public DateTimeOffset? StateSince { get; init; }

    public required PoolSettings Settings { get; init; }

    /// <summary>Applications assigned to this pool; the one of WSUS has <see cref="ExpectedWsusApplications"/>.</summary>
    public int ApplicationCount { get; init; }

    public ValueList<PoolWorker> Workers { get; init; } = [];

    /// <summary>Requests waiting in the HTTP.sys queue of this pool; null where the counter cannot be read.</summary>
    public long? QueuedRequests { get; init; }

    /// <summary>Requests refused with 503 since the pool's counter began; null where the counter cannot be read.</summary>
    public long? RejectedRequests { get; init; }
}

/// <summary>One worker process (w3wp.exe) of a pool.</summary>
/// <param name="ProcessId">Windows process id.</param>
/// <param name="PrivateKilobytes">Private bytes in KB; null where it cannot be read.</param>
/// <param name="StartedAt">UTC start time, where known.</param>
public sealed record PoolWorker(int ProcessId, long? PrivateKilobytes, DateTimeOffset? StartedAt);

/// <summary>Settings of an application pool that decide whether WSUS lives on it. Units stand in the names.</summary>
/// <remarks>Attribute names, defaults and ranges: IIS_schema.xml, section system.applicationHost/applicationPools.</remarks>
public sealed record PoolSettings
{
    /// <summary>managedRuntimeVersion, for example "v4.0"; empty means no managed code.</summary>
    public string ManagedRuntimeVersion { get; init; } = "v4.0";

    /// <summary>enable32BitAppOnWin64.</summary>
    public bool Enable32BitAppOnWin64 { get; init; }

    /// <summary>managedPipelineMode: Integrated or Classic.</summary>
    public string ManagedPipelineMode { get; init; } = "Integrated";

    /// <summary>queueLength: requests that HTTP.sys keeps waiting, 10 to 65535.</summary>
    public long QueueLength { get; init; } = 1000;

    /// <summary>startMode: OnDemand or AlwaysRunning.</summary>
    public string StartMode { get; init; } = "OnDemand";

    public bool AutoStart { get; init; } = true;

    /// <summary>recycling/periodicRestart@privateMemory in KB; 0 = no limit.</summary>
    public long PrivateMemoryKilobytes { get; init; }

    /// <summary>recycling/periodicRestart@memory (virtual memory) in KB; 0 = no limit.</summary>
    public long VirtualMemoryKilobytes { get; init; }

    /// <summary>recycling/periodicRestart@time; zero = never.</summary>
    public TimeSpan RegularRestartInterval { get; init; } = TimeSpan.FromHours(29);

    /// <summary>processModel@idleTimeout; zero = never idle out.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>processModel@loadUserProfile.</summary>
    public bool LoadUserProfile { get; init; }

    /// <summary>processModel@pingingEnabled.</summary>
    public bool PingingEnabled { get; init; } = true;

    /// <summary>processModel@identityType, for example "NetworkService".</summary>
    public string IdentityType { get; init; } = "ApplicationPoolIdentity";

    /// <summary>failure@rapidFailProtection.</summary>
    public bool RapidFailProtection { get; init; } = true;

    /// <summary>failure@rapidFailProtectionInterval.</summary>
    public TimeSpan RapidFailProtectionInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>failure@rapidFailProtectionMaxCrashes.</summary>
    public long RapidFailProtectionMaxCrashes { get; init; } = 5;

    /// <summary>failure@loadBalancerCapabilities: HttpLevel or TcpLevel.</summary>
    public string LoadBalancerCapabilities { get; init; } = "HttpLevel";

    /// <summary>cpu@resetInterval.</summary>
    public TimeSpan CpuResetInterval { get; init; } = TimeSpan.FromMinutes(5);
}
