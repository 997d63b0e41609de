using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Components;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Dashboard.Features.Remediation;

/// <summary>What the list of repairs shows.</summary>
public sealed record RepairsView(Paged<RemediationRow> List);

/// <summary>All repairs, newest first.</summary>
public sealed partial class RepairsPage : LoadedPage<RepairsView>
{
    private RunState? _state;
    private int _page = 1;

    [Inject]
    private RemediationService Remediation { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    protected override void ReadAddress(string uri)
    {
        var fields = QueryHelpers.ParseQuery(new Uri(uri).Query);
        _state = fields.TryGetValue("state", out var state) && Enum.TryParse<RunState>(state, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : null;
        _page = fields.TryGetValue("page", out var page) && int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, 1_000_000) : 1;
    }

    protected override async Task<RepairsView?> LoadAsync(CancellationToken cancellationToken) =>
        new(await Remediation.ListAsync(new RemediationQuery { State = _state, Page = _page }, cancellationToken));

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var subscription = Live.Subscribe(server => server.ActiveRun is not null);
        await foreach (var _ in subscription.ReadAsync(cancellationToken))
        {
            await RefreshAsync();
        }
    }

    private static string LinkTo(RunState? state, int page) => Links.With(
        Links.Repairs,
        ("state", state?.ToString().ToLowerInvariant()),
        ("page", page == 1 ? null : page.ToString(CultureInfo.InvariantCulture)));
}
