using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Wsus;

namespace WsusDashboard.Agent.Iis;

/// <summary>Registers the section "iis" and what changes a pool.</summary>
internal static class IisRegistration
{
    public static void AddIis(this IServiceCollection services)
    {
        services.AddSingleton<IisAccess>();
        services.AddSingleton<WorkerMemory>();
        services.AddSingleton<QueueCounters>();
        services.AddSingleton<CompressionSchemeReader>();
        services.AddSingleton<IisReader>();
        services.AddSingleton<SiteLogFolder>();
        services.AddSingleton<WsusSiteSettings>();
        services.AddSingleton<ITlsPorts, TlsBindings>();
        services.AddSingleton<ServingPools>();
        services.AddSingleton<ICollector, IisCollector>();
        services.AddSingleton(provider => new PoolActions(provider.GetRequiredService<IisAccess>().Open, provider.GetRequiredService<IisAccess>().Refusals));
    }
}
