using WsusDashboard.Shared.Repairs;
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

    /// <summary>What a repair has to do with a synchronization; null where none has.</summary>
    public static string? Repair(RepairTrace trace) => trace switch
    {
        RepairTrace.Started => "started by a repair",
        RepairTrace.Interrupted => "interrupted by a repair",
        _ => null,
    };

    public static string Trigger(SyncTrigger trigger) => trigger switch
    {
        SyncTrigger.Scheduled => "scheduled",
        SyncTrigger.Manual => "started manually",
        SyncTrigger.ParentSite => "by the parent site",
        _ => "unknown trigger",
    };
}
