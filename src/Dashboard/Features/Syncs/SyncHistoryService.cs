using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>The history of synchronizations: lists, days and what they say.</summary>
internal sealed class SyncHistoryService(IDbContextFactory<DashboardContext> contexts, TimeProvider timeProvider, Caller caller)
{
    /// <summary>The ranges that a chart can show.</summary>
    public static IReadOnlyList<int> AllowedDays { get; } = [7, 30, 90];

    /// <summary>Most synchronizations that are looked at to pair those of one page.</summary>
    private const int MostAround = 2_000;

    /// <summary>Newest first.</summary>
    public async Task<Paged<SyncRow>> GetPageAsync(SyncQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var pageSize = Math.Clamp(query.PageSize, 1, SyncQuery.MaximumPageSize);
        var filtered = Filter(context, query);
        var total = await CountAsync(context, query, cancellationToken);
        var page = Math.Clamp(query.Page, 1, Math.Max(1, (total + pageSize - 1) / pageSize));
        var rows = await Ordered(context, filtered).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        return new([.. rows.Select(ToRow)], total, page, pageSize);
    }

    /// <summary>The synchronizations of one server, each once, with the views of both sources; newest first.</summary>
    public async Task<Paged<PairedSync>> GetPairedAsync(PairedSyncQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var own = context.SyncRuns.AsNoTracking().Within(caller.ScopeOf(Permission.View), context.Servers, run => run.ServerId).Where(run => run.ServerId == query.ServerId);
        var hasWsus = await own.AnyAsync(run => run.Source == SyncSource.Wsus, cancellationToken);

        // What a repair broke is counted in neither view: that of WSUS stands for both.
        var shown = own.Where(run => run.IsCounted || (run.RepairTrace != RepairTrace.None && (run.Source == SyncSource.Wsus || !hasWsus)));
        if (query.Result is { } result)
        {
            shown = shown.Where(run => run.Result == result);
        }

        if (query.From?.UtcDateTime is { } from)
        {
            shown = shown.Where(run => run.StartedAt >= from);
        }

        var pageSize = Math.Clamp(query.PageSize, 1, SyncQuery.MaximumPageSize);
        var total = await shown.CountAsync(cancellationToken);
        var page = Math.Clamp(query.Page, 1, Math.Max(1, (total + pageSize - 1) / pageSize));
        var rows = await Ordered(context, shown).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        return new(rows.Count == 0 ? [] : await PairAsync(own, rows, cancellationToken), total, page, pageSize);
    }

    /// <summary>Days in the viewer's zone, the last one is today.</summary>
    /// <param name="serverId">Null = all servers.</param>
    /// <param name="site">Null = all sites.</param>
    /// <param name="days">7, 30 or 90.</param>
    /// <param name="timeZone">The viewer's.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<ServerSyncHistory> GetDailyAsync(int? serverId, string? site, int days, TimeZoneInfo timeZone, CancellationToken cancellationToken)
    {
        if (!AllowedDays.Contains(days))
        {
            throw new ArgumentOutOfRangeException(nameof(days), days, $"Allowed: {string.Join(", ", AllowedDays)}.");
        }

        var filter = new HistoryFilter { ServerId = serverId, Site = site };
        var statistics = await new HistoryQueries(contexts, timeProvider, caller).GetSyncsAsync(filter, HistoryRange.LastDays(days, timeProvider.GetUtcNow(), timeZone), cancellationToken);
        return new()
        {
            DayCount = days,
            Days = statistics.Days,
            Sites = [.. statistics.Sites.Where(entry => entry.Counts != default).Select(entry => new SiteDays(entry.Site, entry.Days))],
            Causes = statistics.Causes,
            WithoutKnownCause = (int)statistics.WithoutKnownCause,
            FailureRate = statistics.Total.FailureRate,
            LongestGap = statistics.LongestGaps is [var longest, ..] ? longest : null,
            MeanTimeToRepair = statistics.Repairs.Mean,
            RepairedCount = statistics.Repairs.Count,
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

    /// <summary>Counts from the roll-up: counting a million rows takes a second, counting them there some milliseconds.</summary>
    private async Task<int> CountAsync(DashboardContext context, SyncQuery query, CancellationToken cancellationToken)
    {
        var servers = await ScopedServers.LoadAsync(context, new() { ServerId = query.ServerId, Site = query.Site }, caller.ScopeOf(Permission.View), cancellationToken);
        var (tally, now) = (new ResultCounts(), timeProvider.GetUtcNow());
        var (from, to) = (query.From ?? DateTimeOffset.UnixEpoch, query.To ?? now.AddYears(1));
        await SyncRunScan.CountAsync(context, servers, from, to, tally, cancellationToken);
        return tally.Count(query.Result, query.Source, query.CountedOnly);
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

        if (query.From?.UtcDateTime is { } from)
        {
            runs = runs.Where(run => run.StartedAt >= from);
        }

        if (query.To?.UtcDateTime is { } to)
        {
            runs = runs.Where(run => run.StartedAt < to);
        }

        return runs;
    }

    private static IQueryable<NamedRun> Ordered(DashboardContext context, IQueryable<SyncRunEntity> runs) => runs
        .OrderByDescending(run => run.StartedAt)
        .ThenByDescending(run => run.Id)
        .Join(context.Servers, run => run.ServerId, server => server.Id, (run, server) => new NamedRun { Run = run, Name = server.Name, Site = server.Site })
        .OrderByDescending(row => row.Run.StartedAt)
        .ThenByDescending(row => row.Run.Id);

    private static async Task<IReadOnlyList<PairedSync>> PairAsync(IQueryable<SyncRunEntity> own, List<NamedRun> rows, CancellationToken cancellationToken)
    {
        var (earliest, latest) = (rows.Min(row => row.Run.StartedAt) - SyncPairing.LongestRun, rows.Max(row => row.Run.StartedAt) + SyncPairing.LongestRun);
        var around = await own.Where(run => run.StartedAt >= earliest && run.StartedAt <= latest).OrderByDescending(run => run.StartedAt).Take(MostAround).ToListAsync(cancellationToken);
        var (others, listed) = (new Dictionary<string, SyncRun>(), rows.Select(row => row.Run.RunId).ToHashSet());
        foreach (var (wsus, managed) in SyncPairing.FindPairs(around.Select(SyncRunStore.ToRun)))
        {
            (others[wsus.Id], others[managed.Id]) = (managed, wsus);
        }

        return rows.ConvertAll(row => new PairedSync(ToRow(row), others.GetValueOrDefault(row.Run.RunId) is { } other && !listed.Contains(other.Id) ? other : null));
    }

    private static SyncRow ToRow(NamedRun row) => SyncRow.Of(row.Run, row.Name, row.Site);

    private sealed class NamedRun
    {
        public required SyncRunEntity Run { get; init; }
        public required string Name { get; init; }
        public required string Site { get; init; }
    }
}
