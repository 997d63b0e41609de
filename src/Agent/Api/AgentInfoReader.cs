using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Api;

/// <summary>Who the agent is, with what has been found about its server.</summary>
internal sealed class AgentInfoReader(SnapshotStore snapshots, AgentStore store, LocalPolicy policy)
{
    public AgentInfo ReadInfo() => Complete(snapshots.Current).Agent;

    public Snapshot ReadSnapshot() => Complete(snapshots.Current);

    public Snapshot Complete(Snapshot snapshot) => snapshot with
    {
        Agent = snapshot.Agent with
        {
            Roles = [.. FindRoles(snapshot)],
            Policy = policy.Read(snapshot.Iis.Value?.WsusPoolName).Policy,
            LastSequence = store.LastSequence,
        },
    };

    private static IEnumerable<string> FindRoles(Snapshot snapshot)
    {
        if (IsInstalled(snapshot.Wsus))
        {
            yield return ServerRoles.Wsus;
        }

        if (IsInstalled(snapshot.ConfigMgr))
        {
            yield return ServerRoles.ConfigMgrSiteServer;
        }

        if (snapshot.Services.Value?.Find(ServiceNames.NotificationServer) is { State: not ServiceState.NotInstalled })
        {
            yield return ServerRoles.ManagementPoint;
        }
    }

    /// <summary>A section that could never be read says nothing about a role; one that was read once does.</summary>
    private static bool IsInstalled<T>(Section<T> section)
        where T : class => section is { Status: SectionStatus.Ok } or { Status: SectionStatus.Unreadable, ReadAt: not null };
}
