using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>An agent that connects itself, but not to this dashboard, while others share the fleet.</summary>
/// <param name="Since">UTC: since when this dashboard has had no connection of it.</param>
/// <param name="Owner">Name of the dashboard that watches the server; null where that is this one, or none.</param>
/// <param name="OwnerAddress">Where people reach that dashboard; empty where that isn't known.</param>
public sealed record AgentAbsence(DateTimeOffset Since, string? Owner, string OwnerAddress);

/// <summary>Which agents this dashboard can't reach although another one may. Threading: any thread.</summary>
internal sealed class AgentReaches(OutboundAgents outbound, PartitionOwners owners, IOwnership ownership)
{
    /// <summary>Since when; null where the agent is connected here, doesn't connect itself, or there is no other dashboard that it could be connected to.</summary>
    public DateTimeOffset? AbsentSince(int serverId) => ownership.IsShared ? outbound.AbsentSince(serverId) : null;

    public async Task<AgentAbsence?> FindAsync(int serverId, CancellationToken cancellationToken)
    {
        if (AbsentSince(serverId) is not { } since)
        {
            return null;
        }

        try
        {
            var owner = await owners.FindAsync(serverId, cancellationToken);
            return new(since, owner?.Name, owner?.Address ?? "");
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            // Who watches it stands in the database.
            return new(since, null, "");
        }
    }
}
