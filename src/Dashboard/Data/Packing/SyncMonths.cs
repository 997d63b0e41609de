using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Data.Packing;

/// <summary>One month of one server.</summary>
internal readonly record struct ServerMonth(int ServerId, int Month);

/// <summary>Keeps the packed months equal to the rows of synchronizations.</summary>
internal static class SyncMonths
{
    private const int MonthsAtOnce = 2_000;

    /// <summary>The months that have a synchronization which is new, changed or gone.</summary>
    public static IReadOnlySet<ServerMonth> FindChanged(ChangeTracker tracker)
    {
        var months = new HashSet<ServerMonth>();
        foreach (var entry in tracker.Entries<SyncRunEntity>())
        {
            if (entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)
            {
                months.Add(new(entry.Entity.ServerId, Month.Of(entry.Entity.StartedAt)));
            }

            if (entry.State is EntityState.Modified)
            {
                months.Add(new(entry.Entity.ServerId, Month.Of(entry.OriginalValues.GetValue<DateTime>(nameof(SyncRunEntity.StartedAt)))));
            }
        }

        return months;
    }

    /// <summary>Packs some months from their rows; done again it writes the same.</summary>
    public static async Task PackAsync(DashboardContext context, IReadOnlyCollection<ServerMonth> months, CancellationToken cancellationToken)
    {
        var causes = await CauseNumbersAsync(context, cancellationToken);
        foreach (var (serverId, month) in months)
        {
            var (from, to) = (Month.StartOf(month), Month.StartOf(month + 1));
            var rows = await context.SyncRuns.AsNoTracking()
                .Where(run => run.ServerId == serverId && run.StartedAt >= from && run.StartedAt < to)
                .Select(run => new { run.StartedAt, run.EndedAt, run.Result, run.Source, run.IsCounted, run.CauseId, run.CauseTitle })
                .ToListAsync(cancellationToken);
            foreach (var row in rows.Where(row => row.CauseId is not null && !causes.ContainsKey(row.CauseId)).DistinctBy(row => row.CauseId).ToList())
            {
                causes[row.CauseId!] = await AddCauseAsync(context, row.CauseId!, row.CauseTitle ?? row.CauseId!, cancellationToken);
            }

            var packed = PackedRuns.Pack(month, rows.Select(row => new PackedRun(
                SecondsOf(row.StartedAt),
                row.EndedAt is { } endedAt ? (int)Math.Clamp((endedAt - row.StartedAt).TotalSeconds, 0, int.MaxValue) : -1,
                row.Result,
                row.Source,
                row.IsCounted,
                row.CauseId is null ? 0 : causes[row.CauseId])));
            await WriteAsync(context, new(serverId, month), rows.Count == 0 ? null : packed, cancellationToken);
        }

        foreach (var month in months.Select(entry => entry.Month).Distinct().Order().ToList())
        {
            await StampAsync(context, month, cancellationToken);
        }
    }

    /// <summary>Says that all months before one have changed.</summary>
    public static Task StampBeforeAsync(DashboardContext context, int month, CancellationToken cancellationToken) =>
        context.SyncMonthStamps.Where(entity => entity.Month < month).ExecuteUpdateAsync(update => update.SetProperty(entity => entity.Stamp, entity => entity.Stamp + 1), cancellationToken);

    /// <summary>Packs what was stored before there were packed months.</summary>
    public static async Task PackAllAsync(DashboardContext context, CancellationToken cancellationToken)
    {
        if (await context.SyncMonths.AnyAsync(cancellationToken) || !await context.SyncRuns.AnyAsync(cancellationToken))
        {
            return;
        }

        var spans = await context.SyncRuns
            .GroupBy(run => run.ServerId)
            .Select(group => new { ServerId = group.Key, First = group.Min(run => run.StartedAt), Last = group.Max(run => run.StartedAt) })
            .ToListAsync(cancellationToken);
        var stored = spans.SelectMany(span => Enumerable.Range(Month.Of(span.First), Month.Of(span.Last) - Month.Of(span.First) + 1).Select(month => new ServerMonth(span.ServerId, month)));
        foreach (var months in stored.Chunk(MonthsAtOnce))
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            await PackAsync(context, months, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    public static long SecondsOf(DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    private static async Task<Dictionary<string, int>> CauseNumbersAsync(DashboardContext context, CancellationToken cancellationToken) =>
        await context.SyncCauses.AsNoTracking().ToDictionaryAsync(cause => cause.CauseId, cause => cause.Id, cancellationToken);

    private static async Task<int> AddCauseAsync(DashboardContext context, string causeId, string title, CancellationToken cancellationToken)
    {
        var entity = new SyncCauseEntity { CauseId = causeId, Title = title };
        context.SyncCauses.Add(entity);
        await context.SaveChangesAsync(cancellationToken);
        return entity.Id;
    }

    private static async Task StampAsync(DashboardContext context, int month, CancellationToken cancellationToken)
    {
        var stamped = await context.SyncMonthStamps.Where(entity => entity.Month == month).ExecuteUpdateAsync(update => update.SetProperty(entity => entity.Stamp, entity => entity.Stamp + 1), cancellationToken);
        if (stamped == 0)
        {
            context.SyncMonthStamps.Add(new() { Month = month, Stamp = 1 });
            await context.SaveChangesAsync(cancellationToken);
        }
    }

    private static async Task WriteAsync(DashboardContext context, ServerMonth key, byte[]? packed, CancellationToken cancellationToken)
    {
        var id = SyncMonthEntity.IdOf(key.Month, key.ServerId);
        var existing = context.SyncMonths.Where(entity => entity.Id == id);
        if (packed is null)
        {
            await existing.ExecuteDeleteAsync(cancellationToken);
        }
        else if (await existing.ExecuteUpdateAsync(update => update.SetProperty(entity => entity.Runs, packed), cancellationToken) == 0)
        {
            context.SyncMonths.Add(new() { Id = id, ServerId = key.ServerId, Runs = packed });
            await context.SaveChangesAsync(cancellationToken);
        }
    }
}
