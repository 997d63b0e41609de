using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Live;

/// <summary>What places a server among the others, from its live state. Pure.</summary>
public static class LiveHierarchy
{
    private const string MicrosoftUpdate = "Microsoft Update";

    /// <summary>Findings that say that synchronizations do not work on a server, whatever the newest result was.</summary>
    private static readonly HashSet<string> SyncFailures = [FindingIds.SyncFailing, FindingIds.SyncCancelledRepeatedly, FindingIds.SyncOverdue, FindingIds.ConfigMgrSyncFailing, FindingIds.UpdatesEmpty, FindingIds.UnknownCause];

    public static HierarchyServer ToServer(LiveServer server)
    {
        var wsus = server.Snapshot?.Wsus.Value;
        var points = server.Snapshot is { } snapshot ? RemoteUpdatePoints.Of(snapshot) : [];
        return new()
        {
            Id = server.Id,
            Name = server.Name,
            ComputerName = server.Snapshot?.Agent.ComputerName ?? "",
            FullyQualifiedName = server.Snapshot?.Agent.FullyQualifiedName ?? "",
            Source = points.Count > 0 ? points[0] : wsus?.Source ?? "",
            UpdatePoints = [.. points],
            IsReplica = wsus?.IsReplica ?? false,
            DatabaseServer = wsus?.DatabaseServer ?? "",
            PublicName = wsus?.PublicName ?? "",
            AddressHost = !OutboundAddress.Is(server.Address) && Uri.TryCreate(server.Address, UriKind.Absolute, out var address) ? address.Host : "",
            IsUpdatePoint = server.Snapshot?.Wsus.Status is not (null or SectionStatus.Pending or SectionStatus.NotInstalled),
            KnownServers = [.. KnownServers(server).Where(name => !string.Equals(name, MicrosoftUpdate, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase)],
            Health = server.Status.Health,
            IsFailing = server.Condition != ServerCondition.BeingRepaired && IsFailing(server),
            IsBeingRepaired = server.Condition == ServerCondition.BeingRepaired,
            IsReadingHistory = server.Condition == ServerCondition.ReadingHistory,
            CauseId = server.Status.CauseId,
            CauseTitle = server.Status.CauseTitle,
        };
    }

    private static bool IsFailing(LiveServer server) =>
        server.Status.Health == Health.Critical
        || server.Status.Findings.Any(finding => finding.Severity != Severity.Information && SyncFailures.Contains(finding.Id));

    private static IEnumerable<string> KnownServers(LiveServer server)
    {
        IEnumerable<string> ofWsus = server.Snapshot?.Wsus.Value is { } wsus ? wsus.DownstreamServers.Prepend(wsus.Source) : [];
        IEnumerable<string> ofSite = server.Snapshot?.ConfigMgr.Value is { } site ? site.SoftwareUpdatePoints.SelectMany(point => new[] { point.ServerName, point.Source }) : [];
        return ofWsus.Concat(ofSite);
    }
}
