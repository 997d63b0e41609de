using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using MudBlazor;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>All that the page of a problem shows.</summary>
public sealed record ProblemDetail(ProblemView Problem, Paged<ProblemServerView> Servers, Paged<ProblemMomentView> Life, Paged<ProblemComment> Comments, ProblemExplanation? Explanation);

/// <summary>One problem: what it is, its life, its servers, who knows of it and what was written. The pages of its lists are in the address.</summary>
public sealed partial class ProblemDetailView : LoadedPage<ProblemDetail>
{
    private const int ListedServers = 50;
    private const int ListedMoments = 40;
    private const int ListedComments = 20;

    private Place _place = new();
    private TriageAction? _open;

    [Inject]
    private ProblemService Problems { get; set; } = null!;

    [Inject]
    private ProblemCommentService Comments { get; set; } = null!;

    [Inject]
    private ProblemTriageService Triage { get; set; } = null!;

    [Inject]
    private VisibleProblems Now { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private ISnackbar Messages { get; set; } = null!;

    /// <summary>Number of the problem; one that went into another leads to that one.</summary>
    [Parameter, EditorRequired]
    public long Id { get; set; }

    private bool IsOpen => View?.Problem.State is not ProblemState.Resolved;

    private bool MayOperate => View?.Problem.Servers.Any(server => Caller.May(Permission.Operate, server.Site)) == true;

    protected override void ReadAddress(string uri)
    {
        var fields = QueryHelpers.ParseQuery(new Uri(uri).Query);
        _place = new(PageOf("servers"), PageOf("life"), PageOf("comments"));

        int PageOf(string field) => fields.TryGetValue(field, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 1_000_000) : 1;
    }

    protected override async Task<ProblemDetail?> LoadAsync(CancellationToken cancellationToken)
    {
        if (await Problems.FindAsync(Id, cancellationToken) is not { } problem
            || await Problems.GetServersAsync(Id, _place.Servers, ListedServers, cancellationToken) is not { } servers
            || await Problems.GetLifeAsync(Id, _place.Life, ListedMoments, cancellationToken) is not { } life
            || await Comments.GetPageAsync(Id, _place.Comments, ListedComments, cancellationToken) is not { } comments)
        {
            return null;
        }

        return new(problem, servers, life, comments, ProblemExplanation.Of(problem, Live));
    }

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var subscription = Now.Subscribe();
        await foreach (var changed in subscription.ReadAsync(cancellationToken))
        {
            if (changed.Contains(Id) || (View is { } view && changed.Contains(view.Problem.Id)))
            {
                await RefreshAsync();
            }
        }
    }

    private string Address(Place place) => Links.With(
        Links.Problem(Id),
        ("servers", Number(place.Servers)),
        ("life", Number(place.Life)),
        ("comments", Number(place.Comments)));

    private static string? Number(int page) => page == 1 ? null : page.ToString(CultureInfo.InvariantCulture);

    private void Toggle(TriageAction action) => _open = _open == action ? null : action;

    private async Task CloseAsync(string? done)
    {
        _open = null;
        if (done is not null)
        {
            Messages.Show(done, isFailure: false);
            await RefreshAsync();
        }
    }

    private Task TakeBackAsync() => EndAsync(Triage.TakeBackAsync, "Acknowledgement taken back.");

    private Task UnassignAsync() => EndAsync(Triage.UnassignAsync, "Assignment taken back.");

    private Task EndSilenceAsync() => EndAsync(Triage.EndSilenceAsync, "Silence taken back.");

    private async Task EndAsync(Func<IReadOnlyList<TriageTarget>, CancellationToken, Task<Outcome<TriageResult>>> end, string done)
    {
        if (View is { Problem: var problem })
        {
            var ended = await end([new(problem.Id, problem.Revision)], CancellationToken.None);
            Messages.Show(ended.Failure?.Message ?? done, isFailure: !ended.IsSuccess);
            await RefreshAsync();
        }
    }

    /// <summary>Which page of each list.</summary>
    private sealed record Place(int Servers = 1, int Life = 1, int Comments = 1);
}
