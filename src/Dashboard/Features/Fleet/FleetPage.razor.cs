using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Hierarchy;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>
/// The home page, from the live fleet alone. A changed server re-renders its row at once, and nothing else; counts and order follow a moment later, and a
/// new order waits until the pointer has left the grid.
/// </summary>
public sealed partial class FleetPage : LoadedPage<FleetView>
{
    private static readonly TimeSpan UnwatchedAge = TimeSpan.FromSeconds(30);

    private HashSet<int> _selected = [];
    private UnwatchedServers? _unwatched;
    private long _unwatchedAt;
    private FleetQuery _query = new();
    private FleetTable? _table;
    private ElementReference _grid;
    private DotNetObjectReference<FleetPage>? _self;
    private bool _isWatchingPointer;
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

    protected override void ReadAddress(string uri)
    {
        _query = FleetQuery.FromUri(uri);
        _hasNewOrder = false;
    }

    protected override async Task<FleetView?> LoadAsync(CancellationToken cancellationToken) => MakeView(await Servers.LoadAsync(cancellationToken));

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
        next = WithNewestRows(next);
        var isSameOrder = View is { } view && view.Page.Items.Select(row => row.Id).SequenceEqual(next.Page.Items.Select(row => row.Id));
        if (isSameOrder)
        {
            Show(next.Page.Items);
        }

        var isWaiting = !isSameOrder && _isPointerInside && View is not null;
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
        _selected = [.. _query.Match(Servers.GetAll()).Where(server => Caller.May(Permission.Operate, server.Site)).Take(BatchRepairService.MaximumServers).Select(server => server.Id)];

    private void ClearSelection() => _selected = [];

    private string LinkToPage(int page) => (_query with { Page = page }).ToUri();
}
