using WsusDashboard.Agent.Snapshots;

namespace WsusDashboard.Agent.Wsus;

/// <summary>Registers the section "wsus".</summary>
internal static class WsusRegistration
{
    public static void AddWsus(this IServiceCollection services)
    {
        services.AddSingleton<WsusRegistry>();
        services.AddSingleton<WsusTransport>();
        services.AddSingleton<WsusClient>();
        services.AddSingleton<SusdbReader>();
        services.AddSingleton<SusdbSizeReader>();
        services.AddSingleton<WsusCountsReader>();
        services.AddSingleton<WsusHistoryReader>();
        services.AddSingleton<ICollector, WsusCollector>();
    }
}
