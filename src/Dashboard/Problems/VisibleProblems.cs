using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>The problems that are there now, as the caller may see them; from memory. What the caller may see is asked again at each look.</summary>
internal sealed class VisibleProblems(ProblemTracker tracker, ProblemTriages triages, ProblemFeed feed, ProblemBoards boards, Assignees assignees, VisibleServers servers, Caller caller, TimeProvider timeProvider)
{
    /// <summary>Those that are open, being repaired or unproven on a server that the caller may see.</summary>
    public IReadOnlyList<ProblemView> GetOpen(string? site)
    {
        var problems = tracker.Problems;
        var members = problems.ByProblem();
        return [.. problems.Headers.Select(header => ToView(header, members[header.Id], site)).OfType<ProblemView>().Where(view => view.State is not ProblemState.Resolved).OrderBy(view => view.Id)];
    }

    /// <summary>One of them, also shortly after it was resolved; null where the caller sees none of its servers, or it is no more.</summary>
    public ProblemView? Find(long problemId, string? site)
    {
        var problems = tracker.Problems;
        return problems.Find(problemId) is { } header ? ToView(header, problems.MembersOf(header), site) : null;
    }

    /// <summary>What needs somebody, by cause; shared with everybody who may see and do the same.</summary>
    public ProblemBoard GetBoard() => boards.Get(caller.ScopeOf(Permission.View), caller.ScopeOf(Permission.Operate));

    /// <summary>The same, once the servers are here.</summary>
    /// <exception cref="TimeoutException">They are not here after ten seconds.</exception>
    public async Task<ProblemBoard> LoadBoardAsync(CancellationToken cancellationToken)
    {
        await servers.WhenLoadedAsync(cancellationToken);
        return GetBoard();
    }

    /// <summary>Ids of problems that changed, from now on. Dispose it when the reader goes.</summary>
    public ProblemSubscription Subscribe() => feed.Subscribe();

    private ProblemView? ToView(ProblemHeader header, IEnumerable<ProblemMember> members, string? site)
    {
        List<VisibleCourse> visible = [];
        foreach (var member in members.Where(member => member.Course.State is not ProblemState.Suspected))
        {
            if (servers.Find(member.Course.ServerId) is { } server && (string.IsNullOrEmpty(site) || server.Site == site))
            {
                visible.Add(new(member.Course, server.Name, server.Site));
            }
        }

        return visible.Count == 0
            ? null
            : ProblemView.Of(
                header,
                visible,
                header.RootServerId is not { } root || servers.Find(root) is not null,
                sites => VisibleTriage.Of(triages.Of(header.Id), sites, timeProvider.GetUtcNow(), assignees.AsTheyAre),
                timeProvider.GetUtcNow(),
                ProblemView.ListedServers);
    }
}
