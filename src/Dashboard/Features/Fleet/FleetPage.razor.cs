using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Hierarchy;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>
/// The home page, from the live fleet alone (the days of the past apart). A changed server re-renders its row at once, and nothing else; counts and order follow
/// a moment later, and a new order waits until the pointer has left the grid. All that it shows stands in the address.
/// </summary>
public sealed partial class FleetPage : LoadedPage<FleetView>
{
    private static readonly int[] PageSizes = [FleetQuery.DefaultPageSize, 100, FleetQuery.MaximumPageSize];

    private static readonly TimeSpan UnwatchedAge = TimeSpan.FromSeconds(30);

    private HashSet<int> _selected = [];
    private UnwatchedServers? _unwatched;
    private long _unwatchedAt;
    private FleetQuery _query = new();
    private FleetQuery? _loaded;
    private FleetTable? _table;
    private FleetPeek? _peek;
    private ElementReference _grid;
    private DotNetObjectReference<FleetPage>? _self;
    private bool _isWatchingGrid;
    private bool _isColumnsAsked;
    private bool _isPointerInside;
    private bool _isOrderDue;
    private bool _isFirstDay;
    private bool _hasNewOrder;
    private long _shownRevision;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private VisibleServers Servers { get; set; } = null!;

    [Inject]
    private VisibleProblems Problems { get; set; } = null!;

    [Inject]
    private HistoryQueries History { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private BrowserModule Browser { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    private int NeedingServers => Problems.GetBoard().NeedingServers;

    [JSInvokable]
    public void SetPointerInside(bool isInside)
    {
        _isPointerInside = isInside;
        if (!isInside && _hasNewOrder)
        {
            ApplyOrder();
            StateHasChanged();
        }
    }

    /// <summary>Opens the panel for a row.</summary>
    [JSInvokable]
    public void Peek(int serverId)
    {
        if (_query.Peek != serverId && Servers.Find(serverId) is not null)
        {
            Go(_query with { Peek = serverId }, replace: _query.Peek is not null);
        }
    }

    [JSInvokable]
    public void ClosePeek()
    {
        if (_query.Peek is not null)
        {
            Go(_query with { Peek = null }, replace: true);
        }
    }

    /// <summary>Somebody dragged the edge of a heading, or used the arrow keys on it.</summary>
    [JSInvokable]
    public Task ResizeColumnAsync(string column, int widthPixels) =>
        Read(column) is { } known ? SetColumnsAsync(_query.Columns.Resize(known, widthPixels)) : Task.CompletedTask;

    /// <summary>Somebody dragged a heading to the place of another.</summary>
    [JSInvokable]
    public Task MoveColumnAsync(string column, string target)
    {
        List<FleetColumn> order = [.. _query.Columns.Shown.Select(shown => shown.Column)];
        return Read(column) is { } moved && Read(target) is { } place && order.Contains(moved) && order.Contains(place)
            ? SetColumnsAsync(_query.Columns.Move(moved, order.IndexOf(place) - order.IndexOf(moved)))
            : Task.CompletedTask;
    }

    protected override void ReadAddress(string uri)
    {
        var before = DataOf(_query);
        _query = FleetQuery.FromUri(uri);
        _hasNewOrder &= before == DataOf(_query);
    }

    protected override async Task<FleetView?> LoadAsync(CancellationToken cancellationToken)
    {
        // Another row in the panel, or a wider column, is the same list.
        var query = _query;
        if (View is not null && LoadError is null && _loaded is not null && DataOf(_loaded) == DataOf(query))
        {
            return View;
        }

        var view = MakeView(await Servers.LoadAsync(cancellationToken));
        if (query.Face == FleetFace.Days)
        {
            view = view with { Days = await FleetDays.LoadAsync(History, view.Page, TimeProvider.GetUtcNow(), Viewer.Zone, cancellationToken) };
        }

        _loaded = query;
        return view;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        var following = base.OnAfterRenderAsync(firstRender);
        if (_query.Face != FleetFace.Tree && View is { HasRows: true })
        {
            if (!_isWatchingGrid)
            {
                _isWatchingGrid = true;
                _self ??= DotNetObjectReference.Create(this);
                await Browser.InvokeAsync("watchGrid", _grid, _self);
            }

            await RecallColumnsAsync();
        }
        else
        {
            _isWatchingGrid = false;
        }

        await following;
    }

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var subscription = Servers.Subscribe();
        if (View is not null)
        {
            Take(MakeView(subscription.Snapshot));
        }

        await foreach (var changes in subscription.ReadAsync(cancellationToken))
        {
            if (changes.IsReset)
            {
                Take(MakeView(Servers.GetAll()));
                continue;
            }

            _shownRevision = changes.Revision;
            Show(changes.Changed);
            _ = OrderSoonAsync();
        }
    }

    protected override void OnDisposing() => _self?.Dispose();

    /// <summary>The rows of this page that changed; nothing else is rendered.</summary>
    private void Show(IReadOnlyList<LiveServer> changed)
    {
        if (View is { } view)
        {
            var byId = changed.ToDictionary(server => server.Id);
            View = view with { Page = view.Page with { Items = [.. view.Page.Items.Select(row => byId.GetValueOrDefault(row.Id, row))] } };
            _table?.Show(View.Page.Items);
            if (_query.Peek is { } peeked && byId.TryGetValue(peeked, out var shown))
            {
                _peek?.Show(shown);
            }
        }
    }

    private async Task OrderSoonAsync()
    {
        if (_isOrderDue)
        {
            return;
        }

        _isOrderDue = true;
        FleetDigest digest;
        do
        {
            await Task.Delay(FleetDigest.LongestAge, TimeProvider, Gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (Gone.IsCancellationRequested)
            {
                return;
            }

            digest = Servers.GetDigest();
            Take(MakeView(digest));
        }
        while (digest.Revision < _shownRevision); // Another page had it made before the last change came here.

        _isOrderDue = false;
    }

    /// <summary>Counts at once; rows at once where their order is the same or nobody points at them.</summary>
    private void Take(FleetView next)
    {
        next = WithNewestRows(next) with { Days = View?.Days };
        var isSameOrder = View is { } view && view.Page.Items.Select(row => row.Id).SequenceEqual(next.Page.Items.Select(row => row.Id));
        if (isSameOrder)
        {
            Show(next.Page.Items);
        }

        var isWaiting = !isSameOrder && _isPointerInside && _query.Face == FleetFace.Table && View is not null;
        var shown = isSameOrder || isWaiting ? next with { Page = next.Page with { Items = View!.Page.Items } } : next;
        if (shown != View || isWaiting != _hasNewOrder)
        {
            (View, _hasNewOrder) = (shown, isWaiting);
            ReportLoaded();
            StateHasChanged();
        }
    }

    /// <summary>The rows of a digest may be a moment older than those that are shown already.</summary>
    private FleetView WithNewestRows(FleetView next)
    {
        var shown = View?.Page.Items.ToDictionary(server => server.Id) ?? [];
        return next with { Page = next.Page with { Items = [.. next.Page.Items.Select(row => shown.TryGetValue(row.Id, out var known) && known.Revision > row.Revision ? known : row)] } };
    }

    private FleetView MakeView(IReadOnlyList<LiveServer> servers) => MakeView(new FleetDigest(servers));

    /// <summary>Who has no agent changes rarely, and is a look at the whole fleet.</summary>
    private FleetView MakeView(FleetDigest digest)
    {
        if (_unwatched is null || TimeProvider.GetElapsedTime(_unwatchedAt) > UnwatchedAge)
        {
            (_unwatched, _unwatchedAt) = (Servers.FindUnwatched(), TimeProvider.GetTimestamp());
        }

        // Stays while the page is open: the first server is told of where it was waited for.
        _isFirstDay |= digest.Counts.Total == 0;
        return FleetView.Of(_query, digest) with { Outage = Servers.FindOutage(), Unwatched = _unwatched, Curable = digest.Curable.Count(server => Caller.May(Permission.Operate, server.Site)) };
    }

    private void ApplyOrder() => (View, _hasNewOrder) = (MakeView(Servers.GetAll()), false);

    private void Select((IReadOnlyList<int> ServerIds, bool IsSelected) change) =>
        _selected = change.IsSelected ? [.. _selected, .. change.ServerIds] : [.. _selected.Except(change.ServerIds)];

    private void SelectMatching() =>
        _selected = [.. _query.Unfolded.Match(Servers.GetAll()).Where(server => Caller.May(Permission.Operate, server.Site)).Take(BatchRepairService.MaximumServers).Select(server => server.Id)];

    private void ClearSelection() => _selected = [];

    private string LinkToPage(int page) => (_query with { Page = page }).ToUri();

    /// <summary>What decides which servers are shown, and in which order.</summary>
    private static FleetQuery DataOf(FleetQuery query) => query with { Peek = null, Columns = FleetColumns.Default };

    private static FleetColumn? Read(string column) => Enum.TryParse<FleetColumn>(column, out var known) && Enum.IsDefined(known) ? known : null;

    private void Go(FleetQuery query, bool replace = false) => Navigation.NavigateTo(query.ToUri(), replace: replace);

    private void ChoosePageSize(ChangeEventArgs change)
    {
        if (int.TryParse(change.Value?.ToString(), out var size))
        {
            Go(_query with { PageSize = Math.Clamp(size, FleetQuery.MinimumPageSize, FleetQuery.MaximumPageSize), Page = 1 });
        }
    }

    private async Task SetColumnsAsync(FleetColumns columns)
    {
        Go(_query with { Columns = columns }, replace: true);
        await Browser.InvokeAsync("keepColumns", columns == FleetColumns.Default ? null : columns.ToString());
    }

    /// <summary>An address without columns takes those that were chosen last in this browser.</summary>
    private async Task RecallColumnsAsync()
    {
        if (_isColumnsAsked)
        {
            return;
        }

        _isColumnsAsked = true;
        if (_query.Columns == FleetColumns.Default && FleetColumns.Parse(await Browser.InvokeAsync<string>("keptColumns")) is { } kept && !Gone.IsCancellationRequested)
        {
            Go(_query with { Columns = kept }, replace: true);
        }
    }
}
