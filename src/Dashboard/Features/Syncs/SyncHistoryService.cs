using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>The history of synchronizations: lists, days and what they say.</summary>
public sealed class SyncHistoryService(IDbContextFactory<DashboardContext> contexts, TimeProvider timeProvider, Caller caller)
{
    private const int MaximumCauses = 50;

    /// <summary>The ranges that a chart can show.</summary>
    public static IReadOnlyList<int> AllowedDays { get; } = [7, 30, 90];

    /// <summary>Newest first.</summary>
    public async Task<Paged<SyncRow>> GetPageAsync(SyncQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var pageSize = Math.Clamp(query.PageSize, 1, SyncQuery.MaximumPageSize);
        var filtered = Filter(context, query);
        var total = await filtered.CountAsync(cancellationToken);
        var page = Math.Clamp(query.Page, 1, Math.Max(1, (total + pageSize - 1) / pageSize));
        var rows = await Ordered(context, filtered).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        return new([.. rows.Select(ToRow)], total, page, pageSize);
    }

    /// <summary>Days in the viewer's zone, the last one is today.</summary>
    /// <param name="serverId">Null = all servers.</param>
    /// <param name="site">Null = all sites.</param>
    /// <param name="days">7, 30 or 90.</param>
    /// <param name="timeZone">The viewer's.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<SyncHistory> GetDailyAsync(int? serverId, string? site, int days, TimeZoneInfo timeZone, CancellationToken cancellationToken)
    {
        if (!AllowedDays.Contains(days))
        {
            throw new ArgumentOutOfRangeException(nameof(days), days, $"Allowed are {string.Join(", ", AllowedDays)}.");
        }

        var now = timeProvider.GetUtcNow();
        var calendar = new DayCalendar(now, days, timeZone);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var runs = Filter(context, new() { ServerId = serverId, Site = site, From = calendar.From, To = calendar.To, CountedOnly = true });
        var counts = await CountAsync(context, runs, calendar, cancellationToken);
        var causes = await runs
            .Where(run => run.CauseId != null && (run.Result == SyncResult.Failed || run.Result == SyncResult.Cancelled))
            .GroupBy(run => run.CauseId)
            .Select(group => new { Id = group.Key!, Title = group.Max(run => run.CauseTitle), Count = group.Count() })
            .OrderByDescending(cause => cause.Count)
            .Take(MaximumCauses)
            .ToListAsync(cancellationToken);
        var total = calendar.ToDays(counts);
        var failed = total.Sum(day => day.Failed + day.Cancelled);
        var ended = failed + total.Sum(day => day.Succeeded);
        var repair = await new RepairTimes(context).ReadAsync(runs, now, cancellationToken);
        return new()
        {
            DayCount = days,
            Days = total,
            Sites = [.. counts.GroupBy(count => count.Site).OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase).Select(group => new SiteDays(group.Key, calendar.ToDays(group)))],
            Causes = [.. causes.Select(cause => new SyncCause(cause.Id, cause.Title ?? cause.Id, cause.Count))],
            WithoutKnownCause = failed - causes.Sum(cause => cause.Count),
            FailureRate = ended == 0 ? null : (double)failed / ended,
            LongestGap = repair.LongestGap,
            MeanTimeToRepair = repair.Mean,
            RepairedCount = repair.Count,
        };
    }

    /// <summary>The runs of a query (all pages, at most 100,000 rows), as CSV with a header, times in UTC (ISO 8601).</summary>
    public async Task WriteCsvAsync(SyncQuery query, Stream destination, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var csv = new SyncCsv(destination);
        await csv.WriteHeaderAsync();
        await foreach (var row in Ordered(context, Filter(context, query)).Take(SyncCsv.MaximumRows).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            await csv.WriteAsync(ToRow(row));
        }
    }

    private IQueryable<SyncRunEntity> Filter(DashboardContext context, SyncQuery query)
    {
        var runs = context.SyncRuns.AsNoTracking().Within(caller.ScopeOf(Permission.View), context.Servers, run => run.ServerId);
        if (query.CountedOnly)
        {
            runs = runs.Where(run => run.IsCounted);
        }

        if (query.ServerId is { } serverId)
        {
            runs = runs.Where(run => run.ServerId == serverId);
        }

        if (query.Site is { } site)
        {
            runs = runs.Where(run => context.Servers.Any(server => server.Id == run.ServerId && server.Site == site));
        }

        if (query.Result is { } result)
        {
            runs = runs.Where(run => run.Result == result);
        }

        if (query.Source is { } source)
        {
            runs = runs.Where(run => run.Source == source);
        }

        return To(From(runs, query.From?.UtcDateTime), query.To?.UtcDateTime);
    }

    /// <summary>A limit on a whole quarter hour is found in the index of the charts alone.</summary>
    private static IQueryable<SyncRunEntity> From(IQueryable<SyncRunEntity> runs, DateTime? from)
    {
        if (from is not { } utc)
        {
            return runs;
        }

        var quarter = SyncRunEntity.QuarterOf(utc);
        var bounded = runs.Where(run => run.StartedQuarter >= quarter);
        return SyncRunEntity.IsWholeQuarter(utc) ? bounded : bounded.Where(run => run.StartedAt >= utc);
    }

    private static IQueryable<SyncRunEntity> To(IQueryable<SyncRunEntity> runs, DateTime? to)
    {
        if (to is not { } utc)
        {
            return runs;
        }

        var quarter = SyncRunEntity.QuarterOf(utc);
        return SyncRunEntity.IsWholeQuarter(utc)
            ? runs.Where(run => run.StartedQuarter < quarter)
            : runs.Where(run => run.StartedQuarter <= quarter && run.StartedAt < utc);
    }

    private static IQueryable<NamedRun> Ordered(DashboardContext context, IQueryable<SyncRunEntity> runs) => runs
        .OrderByDescending(run => run.StartedAt)
        .ThenByDescending(run => run.Id)
        .Join(context.Servers, run => run.ServerId, server => server.Id, (run, server) => new NamedRun { Run = run, Name = server.Name, Site = server.Site })
        .OrderByDescending(row => row.Run.StartedAt)
        .ThenByDescending(row => row.Run.Id);

    private static SyncRow ToRow(NamedRun row) => new()
    {
        ServerId = row.Run.ServerId,
        ServerName = row.Name,
        Site = row.Site,
        Run = SyncRunStore.ToRun(row.Run),
        CauseId = row.Run.CauseId,
        CauseTitle = row.Run.CauseTitle,
        IsCounted = row.Run.IsCounted,
    };

    /// <summary>Counts by day in the database: within a stretch of constant offset, a day of the viewer is a whole number of quarter hours.</summary>
    private static async Task<List<DayCount>> CountAsync(DashboardContext context, IQueryable<SyncRunEntity> runs, DayCalendar calendar, CancellationToken cancellationToken)
    {
        var counts = new List<DayCount>();
        foreach (var stretch in calendar.Stretches)
        {
            var (first, last, offset) = (stretch.FirstQuarter, stretch.EndQuarter, stretch.OffsetQuarters);
            counts.AddRange(await runs
                .Where(run => run.StartedQuarter >= first && run.StartedQuarter < last)
                .Join(context.Servers, run => run.ServerId, server => server.Id, (run, server) => new { server.Site, run.Result, Day = (run.StartedQuarter + offset) / DayCalendar.QuartersPerDay })
                .GroupBy(run => new { run.Site, run.Result, run.Day })
                .Select(group => new DayCount(group.Key.Site, group.Key.Day, group.Key.Result, group.Count()))
                .ToListAsync(cancellationToken));
        }

        return counts;
    }

    private sealed class NamedRun
    {
        public required SyncRunEntity Run { get; init; }
        public required string Name { get; init; }
        public required string Site { get; init; }
    }
}
