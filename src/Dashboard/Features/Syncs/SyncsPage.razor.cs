using System.Globalization;
using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Charts;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>All that the syncs page shows, read at once.</summary>
/// <param name="Statistics">The chosen range.</param>
/// <param name="Charts">The same, drawn.</param>
/// <param name="Strip">The first servers, day by day.</param>
/// <param name="Worst">The server whose last good synchronization is oldest; null where there is no server.</param>
/// <param name="List">The list below the charts.</param>
/// <param name="SiteNames">What the site filter offers.</param>
/// <param name="ServerName">The one server that is shown; null for the fleet.</param>
/// <param name="ReadAt">UTC time of the reading.</param>
/// <param name="ReadingCount">Servers of these whose history is being read.</param>
public sealed record SyncsView(SyncStatistics Statistics, SyncChartSet Charts, DayStrip Strip, LastGoodSync? Worst, Paged<SyncRow> List, IReadOnlyList<string> SiteNames, string? ServerName, DateTimeOffset ReadAt, int ReadingCount);

/// <summary>The charts of the page: made once a reading, because each render compares them with what is drawn.</summary>
public sealed record SyncChartSet(ChartModel Days, ChartModel Rates, ChartModel Causes, ChartModel Sites, ChartModel Hours, ChartModel Weekdays, ChartModel Durations, ChartModel Repairs, ChartModel Strip);

/// <summary>History of the synchronizations of the fleet, or of one server: how many fail, why, where, when, and how long that lasts.</summary>
public sealed partial class SyncsPage : LoadedPage<SyncsView>
{
    private const int PageSize = 50;
    private const int StripServers = 50;
    private const int ShortestDrawnDays = 7;

    private SyncsAddress _address = new();

    [Inject]
    private HistoryQueries History { get; set; } = null!;

    [Inject]
    private SyncHistoryService Syncs { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    private string Range => $"{_address.RangeWords}{(View?.ServerName is { } name ? $", {name}" : _address.Site is { } site ? $", {site}" : ", all sites")}";

    private string ListTitle => _address.Day is { } day
        ? $"{Wording.Count(View?.List.Total ?? 0, "sync", "syncs")} on {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"
        : $"{Wording.Count(View?.List.Total ?? 0, "sync", "syncs")} in {_address.RangeWords}";

    protected override void OnInitialized() => Viewer.Changed += OnViewerChanged;

    protected override void OnDisposing() => Viewer.Changed -= OnViewerChanged;

    protected override void ReadAddress(string uri) => _address = SyncsAddress.FromUri(uri);

    protected override async Task<SyncsView?> LoadAsync(CancellationToken cancellationToken)
    {
        var (address, now) = (_address, TimeProvider.GetUtcNow());
        var fleet = await Live.LoadAsync(cancellationToken);
        var sites = SiteCount.Of(fleet);
        var lastGood = History.GetLastGoodSyncsAsync(address.ToFilter(), 1, 1, cancellationToken);
        var strip = History.GetStripAsync(address.ToFilter(), address.ToRange(now, Viewer.Zone), 1, StripServers, cancellationToken);
        var statistics = await History.GetSyncsAsync(address.ToFilter(), address.ToRange(now, Viewer.Zone), cancellationToken);
        var list = await Syncs.GetPageAsync(address.ToQuery(statistics, PageSize), cancellationToken);
        var worst = await lastGood;
        var serverName = address.ServerId is { } id ? Live.Find(id)?.Name : null;
        return new SyncsView(statistics, Draw(statistics, await strip, address), await strip, worst.Items.Count == 0 ? null : worst.Items[0], list, [.. sites.Select(site => site.Site).Where(site => site.Length > 0)], serverName, now, fleet.Count(IsReading));

        bool IsReading(LiveServer server) => server.History.State is HistoryState.Reading && (address.ServerId ?? server.Id) == server.Id && (address.Site ?? server.Site) == server.Site;
    }

    /// <summary>How many fail, and mostly why.</summary>
    private string Answer(SyncsView view)
    {
        var total = view.Statistics.Total;
        var leading = view.Statistics.Causes.Count > 0 ? $"; most often: {view.Statistics.Causes[0].Title}" : "";
        return total.Bad == 0 ? $"No sync failed in {_address.RangeWords}." : $"{Wording.Number(total.Bad)} of {Wording.Count(total.Ended, "sync", "syncs")} failed or were cancelled in {_address.RangeWords}{leading}.";
    }

    /// <summary>The charts begin where the history does, at least a week before the end: what lies before was not watched.</summary>
    private static DateOnly FirstDrawn(SyncStatistics statistics)
    {
        var (range, first) = (statistics.Range, statistics.Days.FirstOrDefault(day => day.Total > 0)?.Day ?? statistics.Range.First);
        var week = range.Last.AddDays(1 - ShortestDrawnDays);
        return first <= week ? first : week > range.First ? week : range.First;
    }

    private static SyncChartSet Draw(SyncStatistics statistics, DayStrip strip, SyncsAddress address) => new(
        SyncCharts.Days([.. statistics.Days.Where(day => day.Day >= FirstDrawn(statistics))], day => (address with { Day = day, Page = 1 }).ToUri()),
        SyncCharts.Rates([.. statistics.Rates.Where(day => day.Day >= FirstDrawn(statistics))]),
        SyncCharts.Causes(statistics.Causes, statistics.WithoutKnownCause),
        SyncCharts.Sites(statistics.Sites, site => (address with { Site = site, Day = null, Page = 1 }).ToUri()),
        SyncCharts.Hours(statistics.HoursOfDay),
        SyncCharts.Weekdays(statistics.DaysOfWeek),
        SyncCharts.Durations(statistics.Durations with { Days = [.. statistics.Durations.Days.Where(day => day.Day >= FirstDrawn(statistics))] }),
        SyncCharts.Repairs(statistics.Repairs),
        SyncDaysPage.ToTable(strip));

    private void OnViewerChanged() => _ = InvokeAsync(RefreshAsync);

    private void ChooseSite(string? site) => Go(_address with { Site = site });

    private void ChooseResult(string? text) => Go(_address with { Result = Enum.TryParse<SyncResult>(text, out var result) ? result : null });

    private void ChooseDay(ChartPlace place)
    {
        var index = (int)place.X;
        if (View is { } view && index >= 0 && FirstDrawn(view.Statistics).AddDays(index) is var day && day <= view.Statistics.Range.Last)
        {
            Navigation.NavigateTo((_address with { Day = _address.Day == day ? null : day, Page = 1 }).ToUri() + "#list");
        }
    }

    /// <summary>The row of the table that stands at this bar leads to the same place.</summary>
    private void ChooseSiteAt(ChartPlace place)
    {
        if (View is { } view && (int)place.Y is var index && index >= 0 && index < view.Charts.Sites.Rows.Count && view.Charts.Sites.Rows[index].Href is { } href)
        {
            Navigation.NavigateTo(href);
        }
    }

    private string Csv(string chart) => _address.ChartCsv(chart, View!.Statistics.Range.First, View.Statistics.Range.Last, Viewer.Zone);

    private string ListCsv(SyncsView view) => _address.ToQuery(view.Statistics, PageSize).ToCsvUri();

    private void Go(SyncsAddress address) => Navigation.NavigateTo((address with { Page = 1 }).ToUri());
}
