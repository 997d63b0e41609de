using System.Text.Json.Serialization;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>All current problems of one cause, as somebody may see them.</summary>
public sealed record CauseGroup
{
    /// <summary>Id of the cause.</summary>
    public required string CauseId { get; init; }

    /// <summary>The cause in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The worst of its servers.</summary>
    public Severity Severity { get; init; }

    /// <summary>UTC time since which the first of its servers has it.</summary>
    public DateTimeOffset Since { get; init; }

    public int ServerCount { get; init; }

    public int SiteCount { get; init; }

    /// <summary>Those with the most servers first, at most <see cref="ListedSites"/>.</summary>
    public IReadOnlyList<string> Sites { get; init; } = [];

    /// <summary>Servers on which something was done and is going on, or its proof is awaited.</summary>
    public int WaitingCount { get; init; }

    public int ProblemCount { get; init; }

    public int AcknowledgedCount { get; init; }

    public int SilencedCount { get; init; }

    public bool IsAcknowledged => AcknowledgedCount == ProblemCount;

    /// <summary>True where a server has it that nobody is at work on, and nobody acknowledged that.</summary>
    public bool NeedsSomebody { get; init; }

    /// <summary>You may decide about some of its problems.</summary>
    public bool MayOperate { get; init; }

    /// <summary>Servers that you may repair, and that the repair they are offered rids of this.</summary>
    public int RepairableCount { get; init; }

    /// <summary>Their ids, at most <see cref="ListedServers"/>.</summary>
    public IReadOnlyList<int> RepairableServerIds { get; init; } = [];

    /// <summary>Servers that a repair would rid of this, were they not monitor-only.</summary>
    public int MonitorOnlyCount { get; init; }

    /// <summary>What a person does where no repair here fixes it; null where one does, and where nothing is known.</summary>
    public string? NextStep { get; init; }

    /// <summary>The one that ends first; null where a problem isn't acknowledged, or all were accepted as findings about the posture.</summary>
    public ProblemAcknowledgement? Acknowledgement { get; init; }

    /// <summary>Who is to look after its problems; each person once.</summary>
    public IReadOnlyList<ProblemAssignment> Assignments { get; init; } = [];

    /// <summary>Problems that are assigned to somebody.</summary>
    public int AssignedCount { get; init; }

    /// <summary>Each problem as it was shown.</summary>
    [JsonIgnore]
    internal IReadOnlyList<GroupedProblem> Problems { get; init; } = [];

    public const int ListedSites = 20;

    /// <summary>As many as a batch of repairs takes.</summary>
    public const int ListedServers = 50;
}

/// <summary>A problem of a group.</summary>
internal sealed record GroupedProblem(long Id, string Revision, bool IsAcknowledged, bool IsAssigned);

/// <summary>A problem that is there now, as somebody may see it.</summary>
internal sealed record OpenProblem(long Id, string CauseId, string Title, IReadOnlyList<OpenCourse> Courses, VisibleTriage Triage)
{
    /// <summary>Somebody acknowledged it, or accepted it on each of its servers.</summary>
    public bool IsAcknowledged => Triage.Acknowledgement is not null || Courses.All(course => course.IsAccepted);
}

/// <summary>It on a server that may be seen.</summary>
/// <param name="MayOperate">The caller may repair that server.</param>
/// <param name="IsAccepted">Somebody accepted this finding about its posture there, and that hasn't ended.</param>
internal sealed record OpenCourse(ProblemCourse Course, LiveServer Server, bool MayOperate, bool IsAccepted = false);

/// <summary>What needs somebody: the current problems by cause, and the servers. Immutable.</summary>
/// <param name="Groups">Most important first; what is about the posture never stands before what is about syncs.</param>
/// <param name="NewestOpenedAt">For each server that needs somebody: UTC time at which the newest problem was opened that does.</param>
internal sealed record ProblemBoard(IReadOnlyList<CauseGroup> Groups, IReadOnlyList<DateTimeOffset> NewestOpenedAt)
{
    public static ProblemBoard Empty { get; } = new([], []);

    /// <summary>Servers with a problem that nobody is at work on, and nobody acknowledged.</summary>
    public int NeedingServers => NewestOpenedAt.Count;

    /// <summary>Those of them that have one that was opened since.</summary>
    public int CountNew(DateTimeOffset since) => NewestOpenedAt.Count(openedAt => openedAt > since);

    public static ProblemBoard Of(IReadOnlyCollection<OpenProblem> problems) => new(
        [
            .. problems.GroupBy(problem => problem.CauseId).Select(ToGroup)
                .OrderByDescending(group => group.NeedsSomebody)
                .ThenBy(group => PostureCauses.IsOne(group.CauseId))
                .ThenByDescending(group => group.Severity)
                .ThenByDescending(group => group.ServerCount)
                .ThenBy(group => group.Since)
                .ThenBy(group => group.CauseId, StringComparer.Ordinal),
        ],
        [
            .. problems.Where(problem => problem.Triage.Acknowledgement is null)
                .SelectMany(problem => problem.Courses)
                .Where(course => course.Course.State is ProblemState.Open && !course.IsAccepted)
                .GroupBy(course => course.Server.Id)
                .Select(courses => courses.Max(course => course.Course.OpenedAt ?? course.Course.Since)),
        ]);

    private static CauseGroup ToGroup(IGrouping<string, OpenProblem> same)
    {
        var problems = same.OrderBy(problem => problem.Id).ToList();
        var courses = problems.SelectMany(problem => problem.Courses).ToList();
        var servers = courses.DistinctBy(course => course.Server.Id).ToList();
        var sites = servers.CountBy(course => course.Server.Site).OrderByDescending(site => site.Value).ThenBy(site => site.Key, StringComparer.Ordinal).Select(site => site.Key).ToList();
        var repairable = courses.Where(course => course.MayOperate && course.Server.IsCurable && IsFixedBy(course, course.Server.Offer.Playbook)).Select(course => course.Server.Id).Distinct().Order().ToList();
        var monitorOnly = courses.Where(course => course.Server.IsMonitorOnly && IsFixedBy(course, course.Server.Offer.Playbook)).Select(course => course.Server.Id).Distinct().Count();
        var acknowledged = problems.FindAll(problem => problem.IsAcknowledged);
        return new()
        {
            CauseId = same.Key,
            Title = CommonTitle([.. problems.Select(problem => problem.Title)]),
            Severity = courses.Max(course => course.Course.Severity),
            Since = courses.Min(course => course.Course.Since),
            ServerCount = servers.Count,
            SiteCount = sites.Count,
            Sites = [.. sites.Take(CauseGroup.ListedSites)],
            WaitingCount = courses.Where(course => course.Course.State is not ProblemState.Open).Select(course => course.Server.Id).Distinct().Count(),
            ProblemCount = problems.Count,
            AcknowledgedCount = acknowledged.Count,
            SilencedCount = problems.Count(problem => problem.Triage.Silence is not null),
            NeedsSomebody = problems.Exists(problem => !problem.IsAcknowledged && problem.Courses.Any(course => course.Course.State is ProblemState.Open && !course.IsAccepted)),
            MayOperate = courses.Exists(course => course.MayOperate),
            RepairableCount = repairable.Count,
            RepairableServerIds = [.. repairable.Take(CauseGroup.ListedServers)],
            MonitorOnlyCount = monitorOnly,
            NextStep = repairable.Count + monitorOnly > 0 ? null : courses.Select(FindNextStep).FirstOrDefault(step => step is { Length: > 0 }),
            Acknowledgement = acknowledged.Count == problems.Count ? acknowledged.Select(problem => problem.Triage.Acknowledgement).OfType<ProblemAcknowledgement>().MinBy(one => one.Until) : null,
            Assignments = [.. problems.SelectMany(problem => problem.Triage.Assignments).DistinctBy(assignment => assignment.PersonId).OrderBy(assignment => assignment.Name, StringComparer.OrdinalIgnoreCase)],
            AssignedCount = problems.Count(problem => problem.Triage.Assignments.Count > 0),
            Problems = [.. problems.Select(problem => new GroupedProblem(problem.Id, problem.Triage.Revision, problem.IsAcknowledged, problem.Triage.Assignments.Count > 0))],
        };
    }

    /// <summary>Where each server has its own number in the title, the title without it: "5 settings drifted", "1 setting drifted".</summary>
    private static string CommonTitle(List<string> titles)
    {
        var title = titles.CountBy(one => one).OrderByDescending(entry => entry.Value).ThenByDescending(entry => entry.Key, StringComparer.Ordinal).First().Key;
        var words = titles.TrueForAll(other => other == title) ? "" : title.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').TrimStart();
        return words.Length is 0 || words.Length == title.Length ? title : char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>The repair that the server is offered does what this cause needs.</summary>
    private static bool IsFixedBy(OpenCourse course, string? offered) => offered is not null && course.Course.Playbook is { } needed && PlaybookScope.Includes(offered, needed);

    private static string? FindNextStep(OpenCourse course) =>
        course.Server.Assessment?.Findings.FirstOrDefault(finding => finding.Id == course.Course.CauseId)?.NextStep
        ?? course.Server.Assessment?.Causes.FirstOrDefault(cause => cause.Id == course.Course.CauseId)?.Helps
        ?? (course.Server.Offer is { FindingId: { } finding, Instead: { } instead } && finding == course.Course.CauseId ? instead : null)
        ?? LivePosture.FindJudged(course.Server)?.Findings.FirstOrDefault(finding => finding.Id == course.Course.CauseId)?.Mends;
}
