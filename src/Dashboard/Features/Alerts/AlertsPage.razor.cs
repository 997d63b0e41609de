using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using MudBlazor;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>All that the page shows.</summary>
/// <param name="Routes">In their order.</param>
/// <param name="Channels">By name.</param>
/// <param name="Windows">By name.</param>
/// <param name="Deliveries">Newest first.</param>
public sealed record AlertsView(IReadOnlyList<AlertRouteView> Routes, IReadOnlyList<AlertChannelView> Channels, IReadOnlyList<MaintenanceWindowView> Windows, Paged<AlertDeliveryView> Deliveries);

/// <summary>Who hears what, by which way, when nobody does, and what was sent.</summary>
public sealed partial class AlertsPage
{
    private const int PageSize = 20;

    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(15);

    private int _page = 1;

    [Inject]
    private AlertRouteService Routes { get; set; } = null!;

    [Inject]
    private AlertChannelService Channels { get; set; } = null!;

    [Inject]
    private MaintenanceWindowService Windows { get; set; } = null!;

    [Inject]
    private AlertPreviewService Sent { get; set; } = null!;

    [Inject]
    private ISnackbar Messages { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    protected override void ReadAddress(string uri) =>
        _page = QueryHelpers.ParseQuery(new Uri(uri).Query).TryGetValue("page", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 1_000_000) : 1;

    protected override async Task<AlertsView?> LoadAsync(CancellationToken cancellationToken)
    {
        var deliveries = await Sent.ListDeliveriesAsync(null, _page, PageSize, cancellationToken);
        return !deliveries.IsSuccess ? null : new(
            (await Routes.ListAsync(cancellationToken)).Value ?? [],
            (await Channels.ListAsync(cancellationToken)).Value ?? [],
            (await Windows.ListAsync(cancellationToken)).Value ?? [],
            deliveries.Value);
    }

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ReadEvery, Clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await RefreshAsync();
        }
    }

    private static string LinkToPage(int page) => Links.With(Links.Alerts, ("page", page == 1 ? null : page.ToString(CultureInfo.InvariantCulture)));

    private async Task SendAgainAsync(AlertDeliveryView delivery)
    {
        var outcome = await Sent.SendAgainAsync(delivery.Id, CancellationToken.None);
        Messages.Show(outcome.Failure?.Message ?? "It will be sent again now.", !outcome.IsSuccess);
        await RefreshAsync();
    }
}
