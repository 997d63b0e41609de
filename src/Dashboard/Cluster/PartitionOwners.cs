using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;

namespace WsusDashboard.Dashboard.Cluster;

/// <summary>Another dashboard of the database, for a person.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where people reach it; empty where that isn't known, or is this dashboard's address too.</param>
internal sealed record DashboardPlace(string Name, string Address);

/// <summary>Which of the other dashboards owns a server, as the database knows it. Threading: any thread.</summary>
internal sealed class PartitionOwners(IDbContextFactory<DashboardContext> contexts, IOwnership ownership, DashboardInstance self)
{
    /// <summary>Null where this dashboard owns it, or nobody is known to.</summary>
    public async Task<DashboardPlace?> FindAsync(int serverId, CancellationToken cancellationToken)
    {
        if (!ownership.IsShared || ownership.Owned.Owns(serverId))
        {
            return null;
        }

        var partition = Partitions.Of(serverId);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var owner = await context.Dashboards.AsNoTracking()
            .Where(dashboard => dashboard.Id != self.Id && context.Partitions.Any(entity => entity.Id == partition && entity.Owner == dashboard.Id))
            .Select(dashboard => new { dashboard.Name, dashboard.Address })
            .FirstOrDefaultAsync(cancellationToken);

        // Behind one balancer both have its address, which leads back to this one.
        return owner is null ? null : new(owner.Name, owner.Address == self.Address ? "" : owner.Address);
    }
}
