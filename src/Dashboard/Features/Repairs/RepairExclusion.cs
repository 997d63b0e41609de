using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Hierarchy;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>
/// Keeps servers that share a SUSDB or a name, and a site and its update point, from being repaired at the same time. That one is being repaired is known from its agent, from a start whose answer is on its way, or
/// from a batch; a repair that was started on the server itself while its agent could not be reached is not known. Where dashboards share the fleet, starts are rows of the database, so that two of them can't start
/// tied servers in the same moment. Threading: any thread.
/// </summary>
internal sealed partial class RepairExclusion(
    LiveFleet live, FleetIngest ingest, IDbContextFactory<DashboardContext> contexts, IOwnership ownership, DashboardOptions options, ILogger<RepairExclusion> logger)
{
    /// <summary>"Rpar" in ASCII: whoever looks and enters has this lock for that moment.</summary>
    private const int LockKey = 0x52706172;

    /// <summary>So long a start counts after its answer: until then the other dashboards show the repair.</summary>
    private static readonly TimeSpan Lingers = TimeSpan.FromSeconds(5);

    /// <summary>A start has its answer in this time, or none; what goes on then is known from the agent.</summary>
    private TimeSpan LongestStart => TimeSpan.FromSeconds(options.Agents.CommandTimeoutSeconds) + Lingers;

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
        if (ownership.IsShared && ties.Count > 0 && await FindStartingOrEnterAsync(serverId, ties, cancellationToken) is { } starting)
        {
            return (starting, null);
        }

        var inBatches = await ReadBatchesAsync(ties, cancellationToken);
        lock (_lock)
        {
            if (FindOccupied(ties, inBatches) is not { } occupied)
            {
                _starting.Add(serverId);
                return (null, new Place(this, serverId, isShared: ties.Count > 0));
            }

            _ = LeaveAsync(serverId, TimeSpan.Zero);
            return (occupied, null);
        }
    }

    /// <summary>Enters for all dashboards; what another one is starting is answered instead.</summary>
    private async Task<RepairTie?> FindStartingOrEnterAsync(int serverId, IReadOnlyList<RepairTie> ties, CancellationToken cancellationToken)
    {
        var ids = ties.Select(tie => tie.ServerId).ToArray();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '5s'; SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
        var starting = await context.Database.SqlQuery<int>($"""SELECT "ServerId" AS "Value" FROM "RepairStarts" WHERE "ServerId" = ANY({ids}) AND "ExpiresAt" > now()""").ToListAsync(cancellationToken);
        if (ties.FirstOrDefault(tie => starting.Contains(tie.ServerId)) is { } occupied)
        {
            return occupied;
        }

        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "RepairStarts" ("ServerId", "ExpiresAt") VALUES ({serverId}, now() + {LongestStart})
                ON CONFLICT ("ServerId") DO UPDATE SET "ExpiresAt" = EXCLUDED."ExpiresAt"
            """,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
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

    private void Leave(int serverId, bool isShared)
    {
        lock (_lock)
        {
            _starting.Remove(serverId);
        }

        if (isShared)
        {
            _ = LeaveAsync(serverId, Lingers);
        }
    }

    private async Task LeaveAsync(int serverId, TimeSpan after)
    {
        if (!ownership.IsShared)
        {
            return;
        }

        try
        {
            await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
            await context.Database.ExecuteSqlAsync($"""UPDATE "RepairStarts" SET "ExpiresAt" = now() + {after} WHERE "ServerId" = {serverId}""", CancellationToken.None);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            Log.NotLeft(logger, serverId, LongestStart, exception);
        }
    }

    private sealed class Place(RepairExclusion exclusion, int serverId, bool isShared) : IDisposable
    {
        public void Dispose() => exclusion.Leave(serverId, isShared);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The start of the repair of server {ServerId} couldn't be marked as over; servers that share its database can't be repaired for up to {Time}")]
        public static partial void NotLeft(ILogger logger, int serverId, TimeSpan time, Exception exception);
    }
}
