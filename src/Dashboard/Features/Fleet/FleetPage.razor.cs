using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using WsusDashboard.Dashboard.Components;
using WsusDashboard.Dashboard.Components.Layout;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.Remediation.Several;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>
/// The home page. A changed server re-renders its row at once; counts and order are read again a moment later, and a new order waits
/// until the pointer has left the grid.
/// </summary>
public sealed partial class FleetPage : LoadedPage<FleetView>
{
    private const int LastGoodShown = 4;

    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, ServerStatus> _statuses = [];
    private HashSet<int> _flashed = [];
    private HashSet<int> _selected = [];
    private FleetQuery _query = new();
    private FleetView? _waiting;
    private ElementReference _grid;
    private DotNetObjectReference<FleetPage>? _self;
    private bool _isWatchingPointer;
    private bool _isPointerInside;
    private bool _isReadAgainDue;
    private bool _hasNewOrder;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private FleetService Fleet { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Inject]
    private BrowserModule Browser { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    [JSInvokable]
    public void SetPointerInside(bool isInside)
    {
        _isPointerInside = isInside;
        if (!isInside && _waiting is not null)
        {
            Show(_waiting);
            StateHasChanged();
        }
    }

    protected override void ReadAddress(string uri)
    {
        _query = FleetQuery.FromUri(uri);
        _waiting = null;
        _hasNewOrder = false;
    }

    protected override async Task<FleetView?> LoadAsync(CancellationToken cancellationToken)
    {
        var page = Fleet.GetPageAsync(_query, cancellationToken);
        var counts = Fleet.GetCountsAsync(cancellationToken);
        var worst = Fleet.GetWorstLastGoodAsync(LastGoodShown, cancellationToken);
        var sites = Fleet.GetSitesAsync(cancellationToken);
        var causes = Fleet.GetCausesAsync(cancellationToken);
        await Task.WhenAll(page, counts, worst, sites, causes);
        return new FleetView(await page, await counts, await worst, await sites, await causes);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        var following = base.OnAfterRenderAsync(firstRender);
        if (!_isWatchingPointer && !_query.AsTree && View is { Page.Items.Count: > 0 })
        {
            _isWatchingPointer = true;
            _self ??= DotNetObjectReference.Create(this);
            await Browser.InvokeAsync("watchHover", _grid, _self);
        }
        else if (_query.AsTree || View is not { Page.Items.Count: > 0 })
        {
            _isWatchingPointer = false;
        }

        await following;
    }

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var subscription = Live.Subscribe();
        Apply(new LiveChanges(subscription.Snapshot, []), isFlashed: false);
        await foreach (var changes in subscription.ReadAsync(cancellationToken))
        {
            Apply(changes, isFlashed: true);
        }
    }

    protected override void OnDisposing() => _self?.Dispose();

    private void Apply(LiveChanges changes, bool isFlashed)
    {
        var changed = changes.Changed.ToDictionary(server => server.Id);
        var isOrderTouched = changes.Removed.Count > 0 && isFlashed;
        foreach (var server in changes.Changed)
        {
            isOrderTouched |= isFlashed && !(_statuses.TryGetValue(server.Id, out var before) && before == server.Status);
            _statuses[server.Id] = server.Status;
        }

        if (View is { } view)
        {
            var flashed = new HashSet<int>();
            var rows = view.Page.Items.Select(row => Renew(row, changed, flashed)).ToList();
            if (flashed.Count > 0)
            {
                _flashed = isFlashed ? flashed : [];
                View = view with { Page = view.Page with { Items = rows } };
                StateHasChanged();
            }
        }

        if (isOrderTouched)
        {
            _ = ReadAgainSoonAsync();
        }
    }

    private static FleetRow Renew(FleetRow row, Dictionary<int, ServerLive> changed, HashSet<int> flashed)
    {
        if (!changed.TryGetValue(row.Id, out var server))
        {
            return row;
        }

        var renewed = FleetService.ToRow(server);
        if (renewed.LooksLike(row))
        {
            return row;
        }

        flashed.Add(row.Id);
        return renewed;
    }

    private async Task ReadAgainSoonAsync()
    {
        if (_isReadAgainDue)
        {
            return;
        }

        _isReadAgainDue = true;
        try
        {
            await Task.Delay(ReadAgainAfter, TimeProvider, Gone);
            _isReadAgainDue = false;
            var query = _query;
            var next = await LoadAsync(Gone);
            if (next is not null && query == _query)
            {
                ReportLoaded();
                Take(next);
                StateHasChanged();
            }
        }
        catch (Exception) when (Gone.IsCancellationRequested)
        {
            // The page has gone.
        }
        catch (ObjectDisposedException)
        {
            // The dashboard ends while the page is still open in a browser.
        }
        catch (Exception error)
        {
            // Rows go on changing live; only counts and order are those of before.
            ReportLoadError(error);
            StateHasChanged();
        }
    }

    /// <summary>Counts at once; rows at once where their order is the same or nobody points at them.</summary>
    private void Take(FleetView next)
    {
        var isSameOrder = View is { } view && view.Page.Items.Select(row => row.Id).SequenceEqual(next.Page.Items.Select(row => row.Id));
        if (isSameOrder || !_isPointerInside || View is null)
        {
            Show(next);
            return;
        }

        _waiting = next;
        _hasNewOrder = true;
        View = next with { Page = View.Page };
    }

    private void Show(FleetView view)
    {
        _waiting = null;
        _hasNewOrder = false;
        _flashed = [];
        View = view;
    }

    private async Task ApplyOrderAsync()
    {
        _waiting = null;
        _hasNewOrder = false;
        await RefreshAsync();
    }

    private void Select((IReadOnlyList<int> ServerIds, bool IsSelected) change) =>
        _selected = change.IsSelected ? [.. _selected, .. change.ServerIds] : [.. _selected.Except(change.ServerIds)];

    private async Task SelectMatchingAsync() => _selected = [.. await Fleet.GetOperableIdsAsync(_query, SeveralRepairsService.MaximumServers, Gone)];

    private void ClearSelection() => _selected = [];

    private string LinkToPage(int page) => (_query with { Page = page }).ToUri();
}
