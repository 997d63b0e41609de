using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Api;

/// <summary>Who the agent is, with what has been found about its server.</summary>
internal sealed class AgentInfoReader(SnapshotStore snapshots, AgentStore store, LocalPolicy policy, AuditHealth audit, PendingApprovals approvals, CommandPace pace)
{
    /// <summary>What waits for approval, or what may begin without one, is another than before. Handlers return at once.</summary>
    public event Action? Changed
    {
        add
        {
            approvals.Changed += value;
            pace.Changed += value;
        }

        remove
        {
            approvals.Changed -= value;
            pace.Changed -= value;
        }
    }

    public AgentInfo ReadInfo() => Complete(snapshots.Current).Agent;

    public Snapshot ReadSnapshot() => Complete(snapshots.Current);

    public Snapshot Complete(Snapshot snapshot)
    {
        var inForce = policy.Read(snapshot.Iis.Value?.WsusPoolName).Policy;
        return snapshot with
        {
            Agent = snapshot.Agent with
            {
                Roles = [.. FindRoles(snapshot)],
                Policy = inForce with { Allowances = [.. pace.ReadAllowances()] },
                LastSequence = store.LastSequence,
                Waiting = [.. approvals.All.Select(pending => pending.ToWaiting())],
                Problems = [.. FindProblems(inForce)],
            },
        };
    }

    private IEnumerable<string> FindProblems(AgentPolicy inForce)
    {
        if (inForce.Problem.Length > 0)
        {
            yield return $"The agent only monitors, because its local policy can't be used: {inForce.Problem}";
        }

        if (store.SetAside is [var newest, ..])
        {
            yield return $"The agent's store was damaged and a new one was started. The old one is {newest} in the agent's data folder; delete it once you have looked at it. You can still undo repairs.";
        }

        if (audit.Problem.Length > 0)
        {
            yield return $"The agent's audit is broken: {audit.Problem}";
        }
    }

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
