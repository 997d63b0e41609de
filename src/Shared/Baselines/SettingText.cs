using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Shared.Baselines;

/// <summary>A changed setting as a person reads it: one of the pool, or the startup type of a service.</summary>
public static class SettingText
{
    public static string Label(string key) => PoolSettingCatalog.Find(key)?.Label ?? (ServiceSettings.FindService(key) is { } service ? $"Startup type of {service}" : key);

    public static string Describe(string key, string invariantText) => PoolSettingCatalog.Find(key)?.Describe(invariantText) ?? invariantText;
}
