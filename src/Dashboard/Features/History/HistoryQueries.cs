using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>What the charts of synchronizations ask. Each answer is one pass over the roll-up, and sums for the range before.</summary>
internal sealed class HistoryQueries(IDbContextFactory<DashboardContext> contexts, TimeProvider timeProvider, Caller caller)
{
    /// <summary>Most rows of a page of the strip.</summary>
    public const int MaximumPageSize = 200;

    private const int TrendDays = 7;

    /// <summary>Everything about the synchronizations of a range: by day, site, cause, hour and duration, and how long failures lasted.</summary>
    public async Task<SyncStatistics> GetSyncsAsync(HistoryFilter filter, HistoryRange range, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var servers = await ScopedServers.LoadAsync(context, filter, caller.ScopeOf(Permission.View), cancellationToken);
        var calendar = range.ToCalendar();
        var sites = servers.Sites;
        var tally = new StatisticsCounts(calendar, sites);
        await SyncRunScan.ReadAsync(context, servers, calendar.From, calendar.To, tally, cancellationToken);
        var before = new ResultCounts();
        await SyncRunScan.CountAsync(context, servers, range.Before().ToCalendar().From, calendar.From, before, cancellationToken);
        var now = timeProvider.GetUtcNow();
        var (repairTimes, gaps) = tally.Repairs.Build(servers.All, calendar, now < calendar.To ? now : calendar.To);
        var all = tally.Days.DaysOfAll();
        return new()
        {
            Range = range,
            Days = all,
            Rates = ToRates(all),
            Total = SyncCounts.Sum(Enumerable.Range(0, sites.Names.Count).Select(tally.Days.TotalOf)),
            Before = before.Total,
            Sites = [.. sites.Names.Select((site, index) => new SiteSyncs(site, sites.Sizes[index], tally.Days.TotalOf(index), tally.Days.DaysOf(index)))],
            Causes = await NameAsync(context, tally.Causes, cancellationToken),
            WithoutKnownCause = tally.Causes.Unknown,
            HoursOfWeek = tally.Week.Hours,
            Durations = tally.Durations.Build(),
            Repairs = repairTimes,
            LongestGaps = gaps,
        };
    }

    /// <summary>The strip: one row a server, one cell a day.</summary>
    public async Task<DayStrip> GetStripAsync(HistoryFilter filter, HistoryRange range, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var servers = await ScopedServers.LoadAsync(context, filter, caller.ScopeOf(Permission.View), cancellationToken);
        var size = Math.Clamp(pageSize, 1, MaximumPageSize);
        var shownPage = Math.Clamp(page, 1, Math.Max(1, (servers.All.Count + size - 1) / size));
        var shown = servers.Take((shownPage - 1) * size, size);
        var calendar = range.ToCalendar();
        var days = new DayCounts(calendar, [.. Enumerable.Range(0, shown.All.Count)], shown.All.Count);
        await SyncRunScan.ReadAsync(context, shown, calendar.From, calendar.To, days, cancellationToken);
        var rows = shown.All.Select((server, index) => new DayStripRow(server.Id, server.Name, server.Site, [.. Enumerable.Range(0, calendar.Days.Count).Select(day => days.Of(index, day))], server.IsReadingHistory));
        return new(calendar.Days, new([.. rows], servers.All.Count, shownPage, size));
    }

    /// <summary>How long ago each server last synchronized well: never first, then the longest ago.</summary>
    public async Task<Paged<LastGoodSync>> GetLastGoodSyncsAsync(HistoryFilter filter, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var servers = await ScopedServers.LoadAsync(context, filter, caller.ScopeOf(Permission.View), cancellationToken);
        var size = Math.Clamp(pageSize, 1, MaximumPageSize);
        var shownPage = Math.Clamp(page, 1, Math.Max(1, (servers.All.Count + size - 1) / size));
        var now = timeProvider.GetUtcNow();
        var rows = servers.All
            .OrderBy(server => server.LastGoodSyncAt ?? DateTime.MinValue)
            .Skip((shownPage - 1) * size)
            .Take(size)
            .Select(server => new LastGoodSync(server.Id, server.Name, server.Site, server.LastGoodSyncAt.ToOffset(), server.LastGoodSyncAt is { } at ? (now - at.ToOffset()).TotalDays : null, server.IsReadingHistory));
        return new([.. rows], servers.All.Count, shownPage, size);
    }

    private static List<RateDay> ToRates(IReadOnlyList<SyncDay> days)
    {
        var rates = new List<RateDay>(days.Count);
        var (bad, ended) = (0, 0);
        for (var index = 0; index < days.Count; index++)
        {
            var day = days[index];
            (bad, ended) = (bad + day.Failed + day.Cancelled, ended + day.Failed + day.Cancelled + day.Succeeded);
            if (index >= TrendDays)
            {
                var gone = days[index - TrendDays];
                (bad, ended) = (bad - gone.Failed - gone.Cancelled, ended - gone.Failed - gone.Cancelled - gone.Succeeded);
            }

            var counts = new SyncCounts(day.Succeeded, day.Cancelled, day.Failed, day.Unknown, day.Running);
            rates.Add(new(day.Day, counts.FailureRate, ended == 0 ? null : (double)bad / ended));
        }

        return rates;
    }

    private static async Task<IReadOnlyList<SyncCause>> NameAsync(DashboardContext context, CauseCounts causes, CancellationToken cancellationToken)
    {
        var named = await context.SyncCauses.AsNoTracking().ToDictionaryAsync(cause => cause.Id, cancellationToken);
        return [.. causes.Known
            .Where(entry => named.ContainsKey(entry.Cause))
            .Select(entry => new SyncCause(named[entry.Cause].CauseId, named[entry.Cause].Title, entry.Count))
            .OrderByDescending(cause => cause.Count)
            .ThenBy(cause => cause.Id, StringComparer.Ordinal)];
    }
}
