using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps.Sync;

/// <summary>Progress of a synchronization in words.</summary>
internal static class SyncProgressText
{
    public static string Of(WsusState state) => state switch
    {
        { SubscriptionState: SubscriptionState.RunRequested } => "requested, not started",
        { SubscriptionState: SubscriptionState.CancelRequested } => "being stopped",
        { Progress: { Total: > 0 } progress } => $"{Phase(progress.Phase)} {Wording.Number(progress.Processed)} of {Wording.Number(progress.Total)}",
        { Progress: { } progress } => Phase(progress.Phase),
        _ => "working",
    };

    public static string Of(ConfigMgrSyncProgress progress) => progress.Total > 0
        ? $"{progress.Phase}, {Wording.Number(progress.Processed)} of {Wording.Number(progress.Total)}"
        : progress.Phase;

    private static string Phase(SyncPhase phase) => phase switch
    {
        SyncPhase.Updates => "updates",
        SyncPhase.Approvals => "approvals",
        SyncPhase.Categories => "categories",
        _ => "working",
    };
}
