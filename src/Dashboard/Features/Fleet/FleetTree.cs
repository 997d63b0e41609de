using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>The fleet as a tree: who takes updates from whom. Made of the live state of the servers that the caller may see.</summary>
public sealed class FleetTree(VisibleServers servers)
{
    public HierarchyTree Build() => HierarchyTree.Build([.. servers.GetAll().Select(ToServer)]);

    public static HierarchyServer ToServer(ServerLive server)
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
