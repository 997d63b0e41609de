using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Data.Rollup;

/// <summary>One period of one server.</summary>
internal readonly record struct ServerPeriod(int ServerId, int Period);

/// <summary>
/// Writes the roll-up of synchronizations: for each server and period the runs that started in it, packed. Whoever changes runs saves through here. A row is
/// made anew from the runs, so doing it again writes the same.
/// </summary>
internal static class SyncRollup
{
    /// <summary>Saves the context, and in the same transaction the periods whose runs are new, changed or gone; in the caller's, where it has one.</summary>
    public static async Task SaveAsync(DashboardContext context, CancellationToken cancellationToken)
    {
        var periods = FindChanged(context.ChangeTracker);
        if (periods.Count == 0)
        {
            await context.SaveChangesAsync(cancellationToken);
            return;
        }

        await using var transaction = context.Database.CurrentTransaction is null ? await context.Database.BeginTransactionAsync(cancellationToken) : null;
        await context.SaveChangesAsync(cancellationToken);
        await WriteAsync(context, periods, cancellationToken);
        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Makes some periods anew from their runs; the caller has a transaction.</summary>
    public static async Task WriteAsync(DashboardContext context, IReadOnlyCollection<ServerPeriod> periods, CancellationToken cancellationToken)
    {
        var causes = await context.SyncCauses.ToDictionaryAsync(cause => cause.CauseId, cancellationToken);
        var ids = periods.Select(key => SyncPeriod.IdOf(key.Period, key.ServerId)).ToArray();
        var known = await context.SyncPeriods.Where(period => ids.Contains(period.Id)).ToDictionaryAsync(period => period.Id, cancellationToken);
        var knownCounts = (await context.SyncPeriodCounts.Where(count => ids.Contains(count.PeriodId)).ToListAsync(cancellationToken)).ToLookup(count => count.PeriodId);
        foreach (var (serverId, period) in periods)
        {
            var (from, to) = (SyncPeriod.TimeOf(period), SyncPeriod.TimeOf(period + 1));
            var runs = await context.SyncRuns.AsNoTracking()
                .Where(run => run.ServerId == serverId && run.StartedAt >= from && run.StartedAt < to)
                .Select(run => new { run.StartedAt, run.EndedAt, run.Result, run.Source, run.IsCounted, run.CauseId, run.CauseTitle })
                .ToListAsync(cancellationToken);
            foreach (var run in runs.Where(run => run.CauseId is not null && !causes.ContainsKey(run.CauseId)).DistinctBy(run => run.CauseId).ToList())
            {
                causes.Add(run.CauseId!, context.SyncCauses.Add(new() { CauseId = run.CauseId!, Title = run.CauseTitle ?? run.CauseId! }).Entity);
                await context.SaveChangesAsync(cancellationToken);
            }

            var id = SyncPeriod.IdOf(period, serverId);
            var packed = runs.ConvertAll(run => PackedRun.Of(run.StartedAt, run.EndedAt, run.Result, run.Source, run.IsCounted, run.CauseId is null ? 0 : causes[run.CauseId].Id));
            Write(context, known.GetValueOrDefault(id), new() { Id = id, ServerId = serverId, Runs = PackedRuns.Pack(packed) });
            Write(context, knownCounts[id], CountsOf(id, packed));
        }

        await context.SaveChangesAsync(cancellationToken);
    }

    private static void Write(DashboardContext context, SyncPeriodEntity? known, SyncPeriodEntity written)
    {
        if (known is not null && written.Runs.Length == 0)
        {
            context.Remove(known);
        }
        else if (known is not null)
        {
            known.Runs = written.Runs;
        }
        else if (written.Runs.Length > 0)
        {
            context.Add(written);
        }
    }

    /// <summary>The coarser level of one period.</summary>
    public static IReadOnlyList<SyncPeriodCountEntity> CountsOf(long id, IEnumerable<PackedRun> runs) =>
        [.. runs.CountBy(run => run.Kind).Select(entry => new SyncPeriodCountEntity { PeriodId = id, Kind = entry.Key, ServerId = SyncPeriod.ServerOf(id), Count = entry.Value })];

    private static void Write(DashboardContext context, IEnumerable<SyncPeriodCountEntity> known, IReadOnlyList<SyncPeriodCountEntity> written)
    {
        var gone = known.ToDictionary(count => count.Kind);
        foreach (var count in written)
        {
            if (gone.Remove(count.Kind, out var same))
            {
                same.Count = count.Count;
            }
            else
            {
                context.Add(count);
            }
        }

        context.RemoveRange(gone.Values);
    }

    private static HashSet<ServerPeriod> FindChanged(ChangeTracker tracker)
    {
        var periods = new HashSet<ServerPeriod>();
        foreach (var entry in tracker.Entries<SyncRunEntity>().Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted))
        {
            periods.Add(new(entry.Entity.ServerId, SyncPeriod.Of(entry.Entity.StartedAt)));
            periods.Add(new(entry.Entity.ServerId, SyncPeriod.Of(entry.OriginalValues.GetValue<DateTime>(nameof(SyncRunEntity.StartedAt)))));
        }

        return periods;
    }
}
