using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Hierarchy;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>
/// Keeps servers that share a SUSDB or a name, and a site and its update point, from being repaired at the same time. That one is being repaired is known from its agent, from a start whose answer is on its way, or
/// from a batch; a repair that was started on the server itself while its agent could not be reached is not known. Threading: any thread.
/// </summary>
internal sealed class RepairExclusion(LiveFleet live, FleetIngest ingest, IDbContextFactory<DashboardContext> contexts)
{
    private readonly Lock _lock = new();
    private readonly List<int> _starting = [];

    /// <summary>The servers that must not be repaired together with this one, whether they may be seen or not.</summary>
    public IReadOnlyList<RepairTie> FindTies(int serverId)
    {
        var fleet = live.GetAll().Select(LiveHierarchy.ToServer).ToList();
        return fleet.Find(server => server.Id == serverId) is { } own ? RepairTies.Of(own, fleet) : [];
    }

    /// <summary>What ties this server to one that is being repaired now; null where nothing does.</summary>
    public async Task<RepairTie?> FindOccupiedAsync(int serverId, CancellationToken cancellationToken)
    {
        var ties = FindTies(serverId);
        var inBatches = await ReadBatchesAsync(ties, cancellationToken);
        lock (_lock)
        {
            return FindOccupied(ties, inBatches);
        }
    }

    /// <summary>Takes the place of the one that is being repaired, until it is left; null where a tied server has it.</summary>
    public async Task<(RepairTie? Occupied, IDisposable? Place)> EnterAsync(int serverId, CancellationToken cancellationToken)
    {
        var ties = FindTies(serverId);
        var inBatches = await ReadBatchesAsync(ties, cancellationToken);
        lock (_lock)
        {
            if (FindOccupied(ties, inBatches) is { } occupied)
            {
                return (occupied, null);
            }

            _starting.Add(serverId);
            return (null, new Place(this, serverId));
        }
    }

    private RepairTie? FindOccupied(IReadOnlyList<RepairTie> ties, IReadOnlyList<int> inBatches) =>
        ties.FirstOrDefault(tie => _starting.Contains(tie.ServerId) || inBatches.Contains(tie.ServerId) || ingest.Find(tie.ServerId)?.GetRunning().Count > 0 || live.Find(tie.ServerId)?.ActiveRepair is not null);

    private async Task<IReadOnlyList<int>> ReadBatchesAsync(IReadOnlyList<RepairTie> ties, CancellationToken cancellationToken)
    {
        if (ties.Count == 0)
        {
            return [];
        }

        var ids = ties.Select(tie => tie.ServerId).ToList();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.RepairBatchServers.Where(row => row.State == BatchServerState.Running && ids.Contains(row.ServerId)).Select(row => row.ServerId).ToListAsync(cancellationToken);
    }

    private void Leave(int serverId)
    {
        lock (_lock)
        {
            _starting.Remove(serverId);
        }
    }

    private sealed class Place(RepairExclusion exclusion, int serverId) : IDisposable
    {
        public void Dispose() => exclusion.Leave(serverId);
    }
}
