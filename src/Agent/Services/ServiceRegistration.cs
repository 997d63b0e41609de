using WsusDashboard.Agent.Snapshots;

namespace WsusDashboard.Agent.Services;

/// <summary>Registers the section "services" and what changes a service.</summary>
internal static class ServiceRegistration
{
    public static void AddServices(this IServiceCollection services)
    {
        services.AddSingleton<ICollector, ServicesCollector>();
        services.AddSingleton<ServiceActions>();
    }
}
