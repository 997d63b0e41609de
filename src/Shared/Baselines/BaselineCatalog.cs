namespace WsusDashboard.Shared.Baselines;

/// <summary>The baselines that come with the product. They contradict each other in places: a person picks, and sees who says what.</summary>
public static class BaselineCatalog
{
    public const string GuideId = "guide";
    public const string MicrosoftId = "microsoft";
    public const string OptimizeWsusServerId = "optimize-wsusserver";

    private const string GuideSource = "WSUS and Configuration Manager repair guide, settings of WsusPool";
    private const string MicrosoftSource = "Microsoft, WSUS best practices (KB 4490414)";
    private const string OptimizeSource = "Optimize-WsusServer (awarre)";
    private const string OptimizeForkSource = "Optimize-WsusServer (fork by lusoris)";

    private const string NoMemoryLimit =
        "Above the limit, IIS recycles the worker (WAS 5117), even during a sync. A worker that keeps failing under the load of building its cache again stops the pool (WAS 5002).";

    private const string NoRegularRecycle = "A scheduled recycle throws away the catalogue cache and may happen during a sync.";
    private const string NoIdleStop = "An idle worker that shuts down loses its cache, and the next client waits for a cold start.";
    private const string NoPing = "A worker that's busy building its cache doesn't answer the ping in time and is shut down.";

    /// <summary>What the repair guide asks for.</summary>
    public static Baseline Guide { get; } = new()
    {
        Id = GuideId,
        Name = "Repair guide",
        Description = "The repair guide's settings: a very long queue, no memory limit, no idle time-out, a 32-bit worker. Made safe for each server: where a 32-bit worker couldn't load IIS's compression library, it stays 64-bit; where the memory can't hold the catalogue, there's a limit.",
        Source = GuideSource,
        Settings =
        [
            Equal(SettingKeys.ManagedRuntimeVersion, "v4.0", "WSUS is built for this version; keep it.", GuideSource),
            Equal(SettingKeys.Enable32BitAppOnWin64, "true", "The guide calls it required for WSUS. A 32-bit worker can address at most 4 GB.", GuideSource),
            Equal(SettingKeys.ManagedPipelineMode, "Integrated", "Keep.", GuideSource),
            Equal(SettingKeys.QueueLength, "30000", "More clients wait instead of being refused with 503; raised from 25000.", GuideSource),
            Equal(SettingKeys.StartMode, "OnDemand", "Keep.", GuideSource),
            Equal(SettingKeys.PrivateMemory, "0", NoMemoryLimit, GuideSource),
            Equal(SettingKeys.IdleTimeout, "0", NoIdleStop, GuideSource),
            Equal(SettingKeys.LoadUserProfile, "true", "The worker gets its own profile and temporary folder.", GuideSource),
        ],
    };

    /// <summary>What Microsoft's article asks for.</summary>
    public static Baseline Microsoft { get; } = new()
    {
        Id = MicrosoftId,
        Name = "Microsoft",
        Description = "Microsoft's best practices for WSUS: a queue of at least 2,000 and nothing that recycles or shuts down the worker.",
        Source = MicrosoftSource,
        Settings =
        [
            AtLeast(SettingKeys.QueueLength, "2000", "More clients wait instead of being refused with 503; the default is 1,000.", MicrosoftSource),
            Equal(SettingKeys.IdleTimeout, "0", NoIdleStop, MicrosoftSource),
            Equal(SettingKeys.PingingEnabled, "false", NoPing, MicrosoftSource),
            Equal(SettingKeys.PrivateMemory, "0", NoMemoryLimit, MicrosoftSource),
            Equal(SettingKeys.VirtualMemory, "0", "A virtual memory limit recycles the worker just as a private memory limit does.", MicrosoftSource),
            Equal(SettingKeys.RegularRestartInterval, "0", NoRegularRecycle, MicrosoftSource),
        ],
    };

    /// <summary>What the public script Optimize-WsusServer and its fork set.</summary>
    public static Baseline OptimizeWsusServer { get; } = new()
    {
        Id = OptimizeWsusServerId,
        Name = "Optimize-WsusServer",
        Description = "The values from the public script Optimize-WsusServer and its fork: no limits, a queue of at least 25,000, connection reset instead of 503.",
        Source = OptimizeSource,
        Settings =
        [
            AtLeast(SettingKeys.QueueLength, "25000", "More clients wait instead of being refused with 503. The script insists on this exact value; a longer queue is fine.", OptimizeSource),
            Equal(SettingKeys.PrivateMemory, "0", NoMemoryLimit, OptimizeSource),
            Equal(SettingKeys.VirtualMemory, "0", "A virtual memory limit recycles the worker just as a private memory limit does.", OptimizeSource),
            Equal(SettingKeys.RegularRestartInterval, "0", NoRegularRecycle, OptimizeForkSource),
            Equal(SettingKeys.IdleTimeout, "0", NoIdleStop, OptimizeForkSource),
            Equal(SettingKeys.PingingEnabled, "false", NoPing, OptimizeForkSource),
            Equal(SettingKeys.LoadBalancerCapabilities, "TcpLevel", "While the pool is down, clients get a connection reset instead of a 503 and try again.", OptimizeSource),
            Equal(SettingKeys.CpuResetInterval, "15", "The interval of the CPU limit; it has no effect unless a CPU limit is set.", OptimizeSource),
        ],
    };

    /// <summary>All baselines, in the order in which a page offers them.</summary>
    public static IReadOnlyList<Baseline> All { get; } = [Guide, Microsoft, OptimizeWsusServer];

    /// <summary>The baseline with this id (not case-sensitive), or null.</summary>
    public static Baseline? Find(string id) => All.FirstOrDefault(baseline => string.Equals(baseline.Id, id, StringComparison.OrdinalIgnoreCase));

    private static BaselineSetting Equal(string setting, string value, string reason, string source) =>
        new() { Setting = setting, Operator = SettingOperator.Equal, Values = [value], Reason = reason, Source = source };

    private static BaselineSetting AtLeast(string setting, string value, string reason, string source) =>
        new() { Setting = setting, Operator = SettingOperator.AtLeast, Values = [value], Reason = reason, Source = source };
}
