using WsusDashboard.Agent.Snapshots;

namespace WsusDashboard.Agent.Host;

/// <summary>Registers the section "host".</summary>
internal static class HostRegistration
{
    public static void AddHost(this IServiceCollection services)
    {
        services.AddSingleton<InstalledUpdatesReader>();
        services.AddSingleton<ICollector, HostCollector>();
    }
}
