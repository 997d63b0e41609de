using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>What places a server in the tree of upstream servers, from its live state. Pure.</summary>
public static class FleetTree
{
    public static HierarchyServer ToServer(LiveServer server)
    {
        var wsus = server.Snapshot?.Wsus.Value;
        return new()
        {
            Id = server.Id,
            Name = server.Name,
            ComputerName = server.Snapshot?.Agent.ComputerName ?? "",
            FullyQualifiedName = server.Snapshot?.Agent.FullyQualifiedName ?? "",
            Source = wsus?.Source ?? "",
            IsReplica = wsus?.IsReplica ?? false,
            DatabaseServer = wsus?.DatabaseServer ?? "",
            IsFailing = server.Status.LastSyncResult is SyncResult.Failed or SyncResult.Cancelled,
            IsReachable = server.Status.Health != Health.Unreachable,
            CauseId = server.Status.CauseId,
            CauseTitle = server.Status.CauseTitle,
        };
    }
}
