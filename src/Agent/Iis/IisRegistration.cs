using WsusDashboard.Agent.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>Registers the section "iis" and what changes a pool.</summary>
internal static class IisRegistration
{
    public static void AddIis(this IServiceCollection services)
    {
        services.AddSingleton<IisAccess>();
        services.AddSingleton<WorkerMemory>();
        services.AddSingleton<QueueCounters>();
        services.AddSingleton<IisReader>();
        services.AddSingleton<ICollector, IisCollector>();
        services.AddSingleton(provider => new PoolActions(provider.GetRequiredService<IisAccess>().Open));
    }
}
