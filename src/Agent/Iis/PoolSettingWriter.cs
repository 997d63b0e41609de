using System.Globalization;
using Microsoft.Web.Administration;
using WsusDashboard.Shared.Baselines;

namespace WsusDashboard.Agent.Iis;

/// <summary>Sets one setting of PoolSettingCatalog on a pool of IIS; nothing is written before the commit.</summary>
internal static class PoolSettingWriter
{
    private static readonly Dictionary<string, Action<ApplicationPool, string>> Writers = new(StringComparer.OrdinalIgnoreCase)
    {
        [SettingKeys.ManagedRuntimeVersion] = (pool, value) => pool.ManagedRuntimeVersion = value,
        [SettingKeys.Enable32BitAppOnWin64] = (pool, value) => pool.Enable32BitAppOnWin64 = bool.Parse(value),
        [SettingKeys.ManagedPipelineMode] = (pool, value) => pool.ManagedPipelineMode = Enum.Parse<ManagedPipelineMode>(value),
        [SettingKeys.QueueLength] = (pool, value) => pool.QueueLength = Number(value),
        [SettingKeys.StartMode] = (pool, value) => pool.StartMode = Enum.Parse<StartMode>(value),
        [SettingKeys.AutoStart] = (pool, value) => pool.AutoStart = bool.Parse(value),
        [SettingKeys.PrivateMemory] = (pool, value) => pool.Recycling.PeriodicRestart.PrivateMemory = Number(value),
        [SettingKeys.VirtualMemory] = (pool, value) => pool.Recycling.PeriodicRestart.Memory = Number(value),
        [SettingKeys.RegularRestartInterval] = (pool, value) => pool.Recycling.PeriodicRestart.Time = Minutes(value),
        [SettingKeys.IdleTimeout] = (pool, value) => pool.ProcessModel.IdleTimeout = Minutes(value),
        [SettingKeys.LoadUserProfile] = (pool, value) => pool.ProcessModel.LoadUserProfile = bool.Parse(value),
        [SettingKeys.PingingEnabled] = (pool, value) => pool.ProcessModel.PingingEnabled = bool.Parse(value),
        [SettingKeys.IdentityType] = (pool, value) => pool.ProcessModel.IdentityType = Enum.Parse<ProcessModelIdentityType>(value),
        [SettingKeys.RapidFailProtection] = (pool, value) => pool.Failure.RapidFailProtection = bool.Parse(value),
        [SettingKeys.RapidFailProtectionInterval] = (pool, value) => pool.Failure.RapidFailProtectionInterval = Minutes(value),
        [SettingKeys.RapidFailProtectionMaxCrashes] = (pool, value) => pool.Failure.RapidFailProtectionMaxCrashes = Number(value),
        [SettingKeys.LoadBalancerCapabilities] = (pool, value) => pool.Failure.LoadBalancerCapabilities = Enum.Parse<LoadBalancerCapabilities>(value),
        [SettingKeys.CpuResetInterval] = (pool, value) => pool.Cpu.ResetInterval = Minutes(value),
    };

    /// <summary>The settings that can be written.</summary>
    public static IReadOnlyCollection<string> Keys => Writers.Keys;

    /// <exception cref="ArgumentException">No such setting, or a value that it does not take.</exception>
    public static void Write(ApplicationPool pool, string key, string value)
    {
        if (PoolSettingCatalog.Find(key)?.Validate(value) is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(value));
        }

        if (!Writers.TryGetValue(key, out var write))
        {
            throw new ArgumentException($"There is no setting \"{key}\".", nameof(key));
        }

        write(pool, value);
    }

    private static long Number(string value) => long.Parse(value, CultureInfo.InvariantCulture);

    private static TimeSpan Minutes(string value) => TimeSpan.FromMinutes(double.Parse(value, CultureInfo.InvariantCulture));
}
