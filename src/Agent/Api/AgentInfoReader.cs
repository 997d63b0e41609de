using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Api;

/// <summary>Who the agent is, with what has been found about its server.</summary>
internal sealed class AgentInfoReader(SnapshotStore snapshots, AgentStore store, LocalPolicy policy, PendingApprovals approvals)
{
    /// <summary>What waits for approval is another than before. Handlers return at once.</summary>
    public event Action? Changed
    {
        add => approvals.Changed += value;
        remove => approvals.Changed -= value;
    }

    public AgentInfo ReadInfo() => Complete(snapshots.Current).Agent;

    public Snapshot ReadSnapshot() => Complete(snapshots.Current);

    public Snapshot Complete(Snapshot snapshot) => snapshot with
    {
        Agent = snapshot.Agent with
        {
            Roles = [.. FindRoles(snapshot)],
            Policy = policy.Read(snapshot.Iis.Value?.WsusPoolName).Policy,
            LastSequence = store.LastSequence,
            Waiting = [.. approvals.All.Select(pending => pending.ToWaiting())],
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

    /// <summary>What refuses, fails or is silent is there; what is not found, or cannot be on this system, is not.</summary>
    private static bool IsInstalled<T>(Section<T> section)
        where T : class => section.Status switch
        {
            SectionStatus.Ok => true,
            SectionStatus.Unreadable => section.ReadAt is not null
                || section.Failure is ReadFailure.AccessDenied or ReadFailure.Unavailable or ReadFailure.Fault or ReadFailure.Malformed or ReadFailure.TimedOut,
            _ => false,
        };
}
