using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Events;
using WsusDashboard.Agent.Evidence;
using WsusDashboard.Agent.Host;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Samples;
using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Wsus;

namespace WsusDashboard.Agent.Snapshots;

/// <summary>Registers all that reads the server.</summary>
internal static class CollectingRegistration
{
    public static void AddCollecting(this IServiceCollection services)
    {
        services.AddSingleton<AgentStore>();
        services.AddSingleton<AgentIdentity>();
        services.AddSingleton(provider => new SnapshotStore(provider.GetRequiredService<AgentIdentity>().Create(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CollectorMeasures>();
        services.AddSingleton<CollectorHost>();
        services.AddHostedService(provider => provider.GetRequiredService<CollectorHost>());

        services.AddSingleton<IisAccess>();
        services.AddSingleton<WorkerMemory>();
        services.AddSingleton<QueueCounters>();
        services.AddSingleton<IisReader>();
        services.AddSingleton<ICollector, IisCollector>();

        services.AddSingleton<ICollector, ServicesCollector>();

        services.AddSingleton<WsusRegistry>();
        services.AddSingleton<WsusTransport>();
        services.AddSingleton<WsusClient>();
        services.AddSingleton<SusdbReader>();
        services.AddSingleton<WsusCountsReader>();
        services.AddSingleton<WsusHistoryReader>();
        services.AddSingleton<ICollector, WsusCollector>();

        services.AddSingleton<ConfigMgrFolder>();
        services.AddSingleton<SiteReader>();
        services.AddSingleton<SyncLogReader>();
        services.AddSingleton<LogReader>();
        services.AddSingleton<ICollector, ConfigMgrCollector>();

        services.AddSingleton<DisplayNames>();
        services.AddSingleton<ICollector, EventsCollector>();

        services.AddSingleton<ICollector, HostCollector>();

        services.AddSingleton<LogPlaces>();
        services.AddSingleton<EvidenceGatherer>();
        services.AddHostedService(provider => provider.GetRequiredService<EvidenceGatherer>());

        services.AddSingleton<SampleStore>();
        services.AddHostedService<Sampler>();
    }
}
