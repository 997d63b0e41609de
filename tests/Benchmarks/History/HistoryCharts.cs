using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Benchmarks.History;

/// <summary>One question that a page asks.</summary>
internal sealed record HistoryChart(string Name, Func<CancellationToken, Task> AskAsync);

/// <summary>Every question that the pages ask the history, through the same services.</summary>
internal sealed class HistoryCharts(HistoryDatabase contexts, HistoryOptions options)
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich");

    private readonly FixedClock _clock = new();
    private readonly DashboardOptions _settings = new();

    public IReadOnlyList<HistoryChart> All()
    {
        var history = new HistoryQueries(contexts, _clock, Caller.OfDashboard);
        var timeline = new TimelineQueries(contexts, contexts, _settings, _clock, Caller.OfDashboard);
        var changes = new ChangeQueries(contexts, _clock, Caller.OfDashboard);
        var patches = new PatchTuesdayQueries(contexts, _clock, Caller.OfDashboard);
        var effects = new RepairEffectQueries(contexts, _settings, _clock, Caller.OfDashboard);
        var list = new SyncHistoryService(contexts, _clock, Caller.OfDashboard);
        HistoryFilter fleet = new(), site = new() { Site = "S07" }, server = new() { ServerId = 77 };
        var now = _clock.GetUtcNow();
        return
        [
            new("all sync charts, 30 days, fleet", token => history.GetSyncsAsync(fleet, Days(30), token)),
            new("all sync charts, 90 days, fleet", token => history.GetSyncsAsync(fleet, Days(90), token)),
            new("all sync charts, 1 year, fleet", token => history.GetSyncsAsync(fleet, Days(Math.Min(365, options.Days)), token)),
            new("all sync charts, 3 years, fleet", token => history.GetSyncsAsync(fleet, Days(options.Days), token)),
            new("all sync charts, 3 years, one site", token => history.GetSyncsAsync(site, Days(options.Days), token)),
            new("all sync charts, 3 years, one server", token => history.GetSyncsAsync(server, Days(options.Days), token)),
            new("strip, 50 servers × 90 days", token => history.GetStripAsync(fleet, Days(90), 3, 50, token)),
            new("strip, 100 servers × 1 year", token => history.GetStripAsync(fleet, Days(Math.Min(365, options.Days)), 2, 100, token)),
            new("strip, 1,000 servers × 90 days, in five pages", async token =>
            {
                for (var page = 1; page <= 5; page++)
                {
                    await history.GetStripAsync(fleet, Days(90), page, 200, token);
                }
            }),
            new("strip, 50 servers × 3 years", token => history.GetStripAsync(fleet, Days(options.Days), 3, 50, token)),
            new("days since the last good sync", token => history.GetLastGoodSyncsAsync(fleet, 1, 50, token)),
            new("list, first page of 3 years, with its total", token => list.GetPageAsync(new() { From = now.AddDays(-options.Days), To = now, CountedOnly = true }, token)),
            new("timeline of a server, 1 day", token => timeline.GetAsync(77, now.AddDays(-1), now, TimelineQueries.DefaultPoints, token)),
            new("timeline of a server, 30 days", token => timeline.GetAsync(77, now.AddDays(-30), now, TimelineQueries.DefaultPoints, token)),
            new("timeline of a server, 1 year", token => timeline.GetAsync(77, now.AddDays(-365), now, TimelineQueries.DefaultPoints, token)),
            new("timeline of a server, 3 years", token => timeline.GetAsync(77, now.AddDays(-options.Days), now, TimelineQueries.DefaultPoints, token)),
            new("what changed since yesterday", token => changes.GetAsync(fleet, now.AddDays(-1), token)),
            new("what changed in 30 days", token => changes.GetAsync(fleet, now.AddDays(-30), token)),
            new("Patch Tuesday board", token => patches.GetAsync(fleet, PatchTuesday.LastBefore(now), new Dictionary<int, int>(), token)),
            new("before and after a repair", token => effects.GetAsync(77, "run-77", token)),
        ];
    }

    private HistoryRange Days(int days) => HistoryRange.LastDays(days, _clock.GetUtcNow(), Zone);

    /// <summary>Now is the end of the made history.</summary>
    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(HistoryOptions.Now);
    }
}
