using WsusDashboard.Agent.Snapshots;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Registers the section "configmgr", its logs, and what asks it for a synchronization.</summary>
internal static class ConfigMgrRegistration
{
    public static void AddConfigMgr(this IServiceCollection services)
    {
        services.AddSingleton<ConfigMgrFolder>();
        services.AddSingleton<SiteReader>();
        services.AddSingleton<SyncLogReader>();
        services.AddSingleton<WcmLogReader>();
        services.AddSingleton<LogReader>();
        services.AddSingleton<ICollector, ConfigMgrCollector>();
        services.AddSingleton<SyncRequestFile>();
        services.AddSingleton<SyncNowAction>();
    }
}
