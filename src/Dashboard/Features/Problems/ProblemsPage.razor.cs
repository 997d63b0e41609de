using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>The problems of the fleet, or of one server: those that are there now, or those of a state.</summary>
public sealed partial class ProblemsPage : LoadedPage<Paged<ProblemView>>
{
    private static readonly ProblemQuery Default = new() { IsCurrent = true };

    private ProblemQuery _query = Default;

    [Inject]
    private ProblemService Problems { get; set; } = null!;

    [Inject]
    private VisibleProblems Now { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    protected override void ReadAddress(string uri)
    {
        var fields = QueryHelpers.ParseQuery(new Uri(uri).Query);
        ProblemState? asked = Enum.TryParse<ProblemState>(Field("state"), ignoreCase: true, out var known) && Enum.IsDefined(known) && known != ProblemState.Suspected ? known : null;
        _query = Default with
        {
            IsCurrent = asked is null ? true : null,
            State = asked,
            ServerId = int.TryParse(Field("server"), NumberStyles.None, CultureInfo.InvariantCulture, out var server) ? server : null,
            Page = int.TryParse(Field("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 1_000_000) : 1,
        };

        string? Field(string name) => fields.TryGetValue(name, out var text) ? text.ToString() : null;
    }

    protected override async Task<Paged<ProblemView>?> LoadAsync(CancellationToken cancellationToken) => await Problems.GetPageAsync(_query, cancellationToken);

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var subscription = Now.Subscribe();
        await foreach (var changed in subscription.ReadAsync(cancellationToken))
        {
            // What the caller sees neither now nor on this page is nobody's business here.
            if (changed.Any(id => Now.Find(id, null) is not null || View?.Items.Any(problem => problem.Id == id) == true))
            {
                await RefreshAsync();
            }
        }
    }

    private static string LinkTo(ProblemQuery query) => Links.With(
        Links.Problems,
        ("state", query.State is { } state ? char.ToLowerInvariant(state.ToString()[0]) + state.ToString()[1..] : null),
        ("server", query.ServerId?.ToString(CultureInfo.InvariantCulture)),
        ("page", query.Page == 1 ? null : query.Page.ToString(CultureInfo.InvariantCulture)));
}
