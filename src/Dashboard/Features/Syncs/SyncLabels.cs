using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>Words of synchronizations.</summary>
public static class SyncLabels
{
    public static string Source(SyncSource source) => source switch
    {
        SyncSource.Wsus => "WSUS",
        SyncSource.ConfigMgr => "Configuration Manager",
        _ => "unknown source",
    };

    public static string Trigger(SyncTrigger trigger) => trigger switch
    {
        SyncTrigger.Scheduled => "scheduled",
        SyncTrigger.Manual => "started manually",
        SyncTrigger.ParentSite => "by the parent site",
        _ => "unknown trigger",
    };
}
