using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Shared.Rules.Causes;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>The problems of the fleet, or of one server: those that are there now, or those of a state.</summary>
public sealed partial class ProblemsPage : LoadedPage<Paged<ProblemView>>
{
    /// <summary>Groups that are shown above the list.</summary>
    private const int MostGroups = 50;

    private static readonly ProblemQuery Default = new() { IsCurrent = true };

    private ProblemQuery _query = Default;
    private ProblemBoard _board = ProblemBoard.Empty;

    [Inject]
    private ProblemService Problems { get; set; } = null!;

    [Inject]
    private VisibleProblems Now { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    protected override void ReadAddress(string uri)
    {
        // Also where the list comes with the page from its first rendering, and nothing is loaded.
        _board = Now.GetBoard();
        var fields = QueryHelpers.ParseQuery(new Uri(uri).Query);
        ProblemState? asked = Enum.TryParse<ProblemState>(Field("state"), ignoreCase: true, out var known) && Enum.IsDefined(known) && known != ProblemState.Suspected ? known : null;
        _query = Default with
        {
            IsCurrent = asked is null ? true : null,
            State = asked,
            ServerId = int.TryParse(Field("server"), NumberStyles.None, CultureInfo.InvariantCulture, out var server) ? server : null,
            IsAcknowledged = bool.TryParse(Field("acknowledged"), out var acknowledged) ? acknowledged : null,
            AssignedTo = Short("assigned", ProblemQuery.MaximumPersonLength),
            Cause = Short("cause", ProblemQuery.MaximumCauseLength),
            Site = Short("site", ServerInput.MaximumSiteLength),
            Page = int.TryParse(Field("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 1_000_000) : 1,
        };

        string? Field(string name) => fields.TryGetValue(name, out var text) ? text.ToString() : null;
        string? Short(string name, int most) => Field(name) is { Length: > 0 } text && text.Length <= most ? text : null;
    }

    protected override async Task<Paged<ProblemView>?> LoadAsync(CancellationToken cancellationToken)
    {
        _board = Now.GetBoard();
        return await Problems.GetPageAsync(_query, cancellationToken);
    }

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

    private bool IsFiltered => _query with { Page = 1 } != Default;

    /// <summary>The first face of the page: only where nothing narrows the list.</summary>
    private List<CauseGroup> Groups => IsFiltered || _query.Page > 1 ? [] : [.. _board.Groups.Take(MostGroups)];

    private IEnumerable<(string Value, string Word)> Causes
    {
        get
        {
            var known = _board.Groups.Select(group => (group.CauseId, group.Title)).OrderBy(cause => cause.Title, StringComparer.OrdinalIgnoreCase).ToList();
            return [("", "All causes"), .. _query.Cause is { } asked && known.TrueForAll(cause => cause.CauseId != asked) ? [(asked, CauseCatalog.NameOf(asked) ?? asked)] : Array.Empty<(string, string)>(), .. known];
        }
    }

    private static IReadOnlyList<(string Value, string Word)> Acknowledgements { get; } = [("", "Acknowledged or not"), ("false", "Not acknowledged"), ("true", "Acknowledged")];

    private IEnumerable<(string Value, string Word)> Assignees
    {
        get
        {
            List<(string, string)> known = [("", "Anyone"), (ProblemQuery.Me, "Me"), (ProblemQuery.Nobody, "Nobody")];
            return _query.AssignedTo is { } person && person is not (ProblemQuery.Me or ProblemQuery.Nobody) ? [.. known, (person, "One person")] : known;
        }
    }

    private IEnumerable<(string Value, string Word)> Sites
    {
        get
        {
            var known = Live.GetDigest().Sites.Select(site => site.Site).Where(site => site.Length > 0).ToList();
            return (_query.Site is { } asked && !known.Contains(asked) ? [asked, .. known] : known).Select(site => (site, site)).Prepend(("", "All sites"));
        }
    }

    private void ChooseAcknowledged(string? text) => Go(_query with { IsAcknowledged = text is null ? null : text == "true" });

    private void Go(ProblemQuery query) => Navigation.NavigateTo(LinkTo(query with { Page = 1 }));

    private static string LinkTo(ProblemQuery query) => Links.With(
        Links.Problems,
        ("state", query.State is { } state ? char.ToLowerInvariant(state.ToString()[0]) + state.ToString()[1..] : null),
        ("acknowledged", query.IsAcknowledged is { } acknowledged ? acknowledged ? "true" : "false" : null),
        ("assigned", query.AssignedTo),
        ("cause", query.Cause),
        ("site", query.Site),
        ("server", query.ServerId?.ToString(CultureInfo.InvariantCulture)),
        ("page", query.Page == 1 ? null : query.Page.ToString(CultureInfo.InvariantCulture)));
}
