using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Repairs;

/// <summary>Settings of services, as the changes of a plan name them.</summary>
public static class ServiceSettings
{
    private const string StartTypePrefix = "startType:";

    /// <summary>Key of the startup type of a service; its values are the names of ServiceStartType.</summary>
    public static string StartTypeOf(string service) => StartTypePrefix + service;

    /// <summary>True where a service starts as wanted; an automatic start may be delayed, which is a setting of its own.</summary>
    public static bool IsStartType(ServiceStartType actual, ServiceStartType wanted) =>
        actual == wanted || (wanted is ServiceStartType.Automatic && actual is ServiceStartType.AutomaticDelayed);

    /// <summary>The service whose startup type the key names; null where it is a setting of the pool.</summary>
    public static string? FindService(string setting) => setting.StartsWith(StartTypePrefix, StringComparison.Ordinal) ? setting[StartTypePrefix.Length..] : null;
}
