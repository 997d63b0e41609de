using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>What the list of repairs shows.</summary>
public sealed record RepairsView(Paged<RepairDetail> List);

/// <summary>All repairs, newest first.</summary>
public sealed partial class RepairsPage : LoadedPage<RepairsView>
{
    private RepairState? _state;
    private int _page = 1;

    [Inject]
    private RepairService Repair { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    protected override void ReadAddress(string uri)
    {
        var fields = QueryHelpers.ParseQuery(new Uri(uri).Query);
        _state = fields.TryGetValue("state", out var state) && Enum.TryParse<RepairState>(state, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : null;
        _page = fields.TryGetValue("page", out var page) && int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, 1_000_000) : 1;
    }

    protected override async Task<RepairsView?> LoadAsync(CancellationToken cancellationToken) =>
        new(await Repair.ListAsync(new RepairQuery { State = _state, Page = _page }, cancellationToken));

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var subscription = Live.Subscribe(server => server.ActiveRepair is not null);
        var shown = subscription.Snapshot.ToDictionary(server => server.Id, server => server.ActiveRepair);
        await foreach (var changes in subscription.ReadAsync(cancellationToken))
        {
            // Most of what is told of a server that is being repaired has nothing to do with the repair.
            var goneOn = changes.Changed.Where(server => shown.GetValueOrDefault(server.Id) != server.ActiveRepair).ToList();
            goneOn.ForEach(server => shown[server.Id] = server.ActiveRepair);
            if (goneOn.Count + changes.Removed.Count(shown.Remove) > 0)
            {
                await RefreshAsync();
            }
        }
    }

    private static string LinkTo(RepairState? state, int page) => Links.With(
        Links.Repairs,
        ("state", state?.ToString().ToLowerInvariant()),
        ("page", page == 1 ? null : page.ToString(CultureInfo.InvariantCulture)));
}
