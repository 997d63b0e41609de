using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Charts;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>The strip of one page of servers.</summary>
/// <param name="Table">The same as numbers.</param>
public sealed record SyncDaysView(DayStrip Strip, ChartModel Table, IReadOnlyList<string> SiteNames, DateTimeOffset ReadAt);

/// <summary>One row a server, one cell a day.</summary>
public sealed partial class SyncDaysPage : LoadedPage<SyncDaysView>
{
    private const int PageSize = 100;

    /// <summary>A year lies to the left of today.</summary>
    private const int DefaultDays = 365;

    private SyncsAddress _address = new() { Days = DefaultDays, DefaultDays = DefaultDays };

    [Inject]
    private HistoryQueries History { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    private string Title => Wording.Count(View?.Strip.Rows.Total ?? 0, "server");

    protected override void OnInitialized() => Viewer.Changed += OnViewerChanged;

    protected override void OnDisposing() => Viewer.Changed -= OnViewerChanged;

    protected override void ReadAddress(string uri) => _address = SyncsAddress.FromUri(uri, DefaultDays);

    protected override async Task<SyncDaysView?> LoadAsync(CancellationToken cancellationToken)
    {
        var (address, now) = (_address, TimeProvider.GetUtcNow());
        var sites = SiteCount.Of(await Live.LoadAsync(cancellationToken));
        var strip = await History.GetStripAsync(address.ToFilter(), address.ToRange(now, Viewer.Zone), address.Page, PageSize, cancellationToken);
        return new(strip, ToTable(strip), [.. sites.Select(site => site.Site).Where(site => site.Length > 0)], now);
    }

    /// <summary>Days counted by how they went: what a person needs who does not see the cells.</summary>
    public static ChartModel ToTable(DayStrip strip) => new()
    {
        Label = "",
        RowTitle = "Server",
        Columns = ["Site", "Days with failures", "Days with only cancelled syncs", "Good days", "Days without syncs", "Last bad day", "History"],
        Rows = [.. strip.Rows.Items.Select(row => new ChartRow(
            row.ServerName,
            [
                row.Site,
                Wording.Number(row.Cells.Count(cell => cell.Failed > 0)),
                Wording.Number(row.Cells.Count(cell => cell.Failed == 0 && cell.Cancelled > 0)),
                Wording.Number(row.Cells.Count(cell => cell.Bad == 0 && cell.Succeeded > 0)),
                Wording.Number(row.Cells.Count(cell => cell.Ended == 0)),
                LastBad(strip, row) is { } day ? SyncCharts.NameOf(day) : Wording.Unknown,
                row.IsReadingHistory ? "being read" : "complete",
            ],
            Links.Timeline(row.ServerId, LastBad(strip, row))))],
    };

    private static DateOnly? LastBad(DayStrip strip, DayStripRow row)
    {
        for (var index = row.Cells.Count - 1; index >= 0; index--)
        {
            if (row.Cells[index].Bad > 0)
            {
                return strip.Days[index];
            }
        }

        return null;
    }

    private void OnViewerChanged() => _ = InvokeAsync(RefreshAsync);

    private void ChooseSite(string? site) => Navigation.NavigateTo((_address with { Site = site, Page = 1 }).ToUri(Links.SyncDays));

    private string Csv(SyncDaysView view) => _address.ChartCsv("strip", view.Strip.Days[0], view.Strip.Days[^1], Viewer.Zone);
}
