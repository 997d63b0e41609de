using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Baselines;

/// <summary>All settings of a pool that the product reads, compares and sets, in the order in which a page shows them.</summary>
/// <remarks>Ranges are those of IIS_schema.xml; time spans have a granularity of one minute there.</remarks>
public static class PoolSettingCatalog
{
    private const long MaximumUnsignedInteger = uint.MaxValue;

    /// <summary>Every setting.</summary>
    public static IReadOnlyList<PoolSettingDefinition> All { get; } =
    [
        Text(SettingKeys.ManagedRuntimeVersion, ".NET CLR version", "@managedRuntimeVersion", new ChoiceFormat("v4.0", "v2.0", ""), s => s.ManagedRuntimeVersion, (s, v) => s with { ManagedRuntimeVersion = v }),
        Flag(SettingKeys.Enable32BitAppOnWin64, "Enable 32-bit applications", "@enable32BitAppOnWin64", s => s.Enable32BitAppOnWin64, (s, v) => s with { Enable32BitAppOnWin64 = v }),
        Text(SettingKeys.ManagedPipelineMode, "Managed pipeline mode", "@managedPipelineMode", new ChoiceFormat("Integrated", "Classic"), s => s.ManagedPipelineMode, (s, v) => s with { ManagedPipelineMode = v }),
        Number(SettingKeys.QueueLength, "Queue length", "@queueLength", new NumberFormat(10, 65535), s => s.QueueLength, (s, v) => s with { QueueLength = v }),
        Text(SettingKeys.StartMode, "Start mode", "@startMode", new ChoiceFormat("OnDemand", "AlwaysRunning"), s => s.StartMode, (s, v) => s with { StartMode = v }),
        Flag(SettingKeys.AutoStart, "Start automatically", "@autoStart", s => s.AutoStart, (s, v) => s with { AutoStart = v }),
        Number(SettingKeys.PrivateMemory, "Private memory limit", "recycling/periodicRestart/@privateMemory", new NumberFormat(0, MaximumUnsignedInteger, "no limit", isKilobytes: true), s => s.PrivateMemoryKilobytes, (s, v) => s with { PrivateMemoryKilobytes = v }),
        Number(SettingKeys.VirtualMemory, "Virtual memory limit", "recycling/periodicRestart/@memory", new NumberFormat(0, MaximumUnsignedInteger, "no limit", isKilobytes: true), s => s.VirtualMemoryKilobytes, (s, v) => s with { VirtualMemoryKilobytes = v }),
        Span(SettingKeys.RegularRestartInterval, "Regular time interval", "recycling/periodicRestart/@time", new MinutesFormat(0, 432_000, "never"), s => s.RegularRestartInterval, (s, v) => s with { RegularRestartInterval = v }),
        Span(SettingKeys.IdleTimeout, "Idle time-out", "processModel/@idleTimeout", new MinutesFormat(0, 43_200, "never"), s => s.IdleTimeout, (s, v) => s with { IdleTimeout = v }),
        Flag(SettingKeys.LoadUserProfile, "Load user profile", "processModel/@loadUserProfile", s => s.LoadUserProfile, (s, v) => s with { LoadUserProfile = v }),
        Flag(SettingKeys.PingingEnabled, "Ping", "processModel/@pingingEnabled", s => s.PingingEnabled, (s, v) => s with { PingingEnabled = v }),
        Text(SettingKeys.IdentityType, "Identity", "processModel/@identityType", new ChoiceFormat("LocalSystem", "LocalService", "NetworkService", "SpecificUser", "ApplicationPoolIdentity"), s => s.IdentityType, (s, v) => s with { IdentityType = v }),
        Flag(SettingKeys.RapidFailProtection, "Rapid-fail protection", "failure/@rapidFailProtection", s => s.RapidFailProtection, (s, v) => s with { RapidFailProtection = v }),
        Span(SettingKeys.RapidFailProtectionInterval, "Rapid-fail interval", "failure/@rapidFailProtectionInterval", new MinutesFormat(1, 144_000), s => s.RapidFailProtectionInterval, (s, v) => s with { RapidFailProtectionInterval = v }),
        Number(SettingKeys.RapidFailProtectionMaxCrashes, "Rapid-fail maximum failures", "failure/@rapidFailProtectionMaxCrashes", new NumberFormat(1, int.MaxValue), s => s.RapidFailProtectionMaxCrashes, (s, v) => s with { RapidFailProtectionMaxCrashes = v }),
        Text(SettingKeys.LoadBalancerCapabilities, "Service-unavailable response", "failure/@loadBalancerCapabilities", new ChoiceFormat("HttpLevel", "TcpLevel"), s => s.LoadBalancerCapabilities, (s, v) => s with { LoadBalancerCapabilities = v }),
        Span(SettingKeys.CpuResetInterval, "CPU limit interval", "cpu/@resetInterval", new MinutesFormat(0, 1440, "no CPU limit"), s => s.CpuResetInterval, (s, v) => s with { CpuResetInterval = v }),
    ];

    private static readonly Dictionary<string, PoolSettingDefinition> ByKey = All.ToDictionary(definition => definition.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>The setting with this key (not case-sensitive), or null.</summary>
    public static PoolSettingDefinition? Find(string key) => ByKey.GetValueOrDefault(key);

    private static PoolSettingDefinition Flag(string key, string label, string attribute, Func<PoolSettings, bool> read, Func<PoolSettings, bool, PoolSettings> with) =>
        new(key, label, attribute, new BooleanFormat(), settings => BooleanFormat.Write(read(settings)), (settings, text) => bool.TryParse(text, out var value) ? with(settings, value) : null);

    private static PoolSettingDefinition Text(string key, string label, string attribute, ChoiceFormat format, Func<PoolSettings, string> read, Func<PoolSettings, string, PoolSettings> with) =>
        new(key, label, attribute, format, read, with);

    private static PoolSettingDefinition Number(string key, string label, string attribute, NumberFormat format, Func<PoolSettings, long> read, Func<PoolSettings, long, PoolSettings> with) =>
        new(key, label, attribute, format, settings => NumberFormat.Write(read(settings)), (settings, text) => NumberFormat.Read(text) is { } value ? with(settings, value) : null);

    private static PoolSettingDefinition Span(string key, string label, string attribute, MinutesFormat format, Func<PoolSettings, TimeSpan> read, Func<PoolSettings, TimeSpan, PoolSettings> with) =>
        new(key, label, attribute, format, settings => MinutesFormat.Write(read(settings)), (settings, text) => MinutesFormat.Read(text) is { } value ? with(settings, value) : null);
}
