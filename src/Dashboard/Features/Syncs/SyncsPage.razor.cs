using System.Globalization;
using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components;
using WsusDashboard.Dashboard.Components.Layout;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>All that the syncs page shows, read at once.</summary>
/// <param name="History">The chosen range.</param>
/// <param name="List">The list below it.</param>
/// <param name="SiteNames">What the site filter offers.</param>
/// <param name="ServerName">The one server that is shown; null for the fleet.</param>
public sealed record SyncsView(SyncHistory History, Paged<SyncRow> List, IReadOnlyList<string> SiteNames, string? ServerName);

/// <summary>Failure history of the fleet, or of one server.</summary>
public sealed partial class SyncsPage : LoadedPage<SyncsView>
{
    private const int PageSize = 50;

    private SyncsAddress _address = new();

    [Inject]
    private SyncHistoryService History { get; set; } = null!;

    [Inject]
    private FleetService Fleet { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    private string ListTitle => _address.Day is { } day
        ? $"{Numbers.Of(View?.List.Total ?? 0, "sync", "syncs")} on {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"
        : $"{Numbers.Of(View?.List.Total ?? 0, "sync", "syncs")} in {_address.Days} days";

    protected override void OnInitialized() => Viewer.Changed += OnViewerChanged;

    protected override void OnDisposing() => Viewer.Changed -= OnViewerChanged;

    protected override void ReadAddress(string uri) => _address = SyncsAddress.FromUri(uri);

    protected override async Task<SyncsView?> LoadAsync(CancellationToken cancellationToken)
    {
        var sites = Fleet.GetSitesAsync(cancellationToken);
        var history = await History.GetDailyAsync(_address.ServerId, _address.Site, _address.Days, Viewer.Zone, cancellationToken);
        var list = await History.GetPageAsync(_address.ToQuery(history, PageSize), cancellationToken);
        var serverName = _address.ServerId is { } id ? Live.Find(id)?.Name : null;
        return new SyncsView(history, list, [.. (await sites).Select(site => site.Site).Where(site => site.Length > 0)], serverName);
    }

    private void OnViewerChanged() => _ = InvokeAsync(RefreshAsync);

    private void ChooseSite(ChangeEventArgs change) => Go(_address with { Site = change.Value?.ToString() is { Length: > 0 } site ? site : null });

    private void ChooseResult(ChangeEventArgs change) => Go(_address with { Result = Enum.TryParse<SyncResult>(change.Value?.ToString(), out var result) ? result : null });

    private void ChooseDay(DateOnly day) => Go(_address with { Day = _address.Day == day ? null : day });

    private string LinkToDay(DateOnly day) => (_address with { Day = day, Page = 1 }).ToUri();

    private string CsvLink(SyncsView view) => Links.SyncsCsv(_address.ToQuery(view.History, PageSize));

    private void Go(SyncsAddress address) => Navigation.NavigateTo((address with { Page = 1 }).ToUri());
}
