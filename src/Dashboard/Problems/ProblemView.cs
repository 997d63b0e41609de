using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>A problem, as somebody may see it: of its servers only theirs, and nothing about the others, not even how many there are.</summary>
public sealed record ProblemView
{
    public required long Id { get; init; }

    /// <summary>What its servers have in common.</summary>
    public ProblemKind Kind { get; init; }

    /// <summary>Id of the cause.</summary>
    public required string CauseId { get; init; }

    /// <summary>The cause in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>What its servers have in common, for a person; empty for a server's own, and where that is a server that may not be seen.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Open where it is so on any of its servers, else being repaired, else unproven, else resolved.</summary>
    public ProblemState State { get; init; }

    /// <summary>The worst of its servers that have it still; of all where none has.</summary>
    public Severity Severity { get; init; }

    /// <summary>UTC time since which the first of its servers has it.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>UTC time at which it became a problem here.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>UTC time at which the last of its servers was seen to be rid of it; null where one is not.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>UTC time of the first good reading of those that resolved it on the last of its servers; null where it is there.</summary>
    public DateTimeOffset? GoneAt { get; init; }

    /// <summary>True where it comes and goes.</summary>
    public bool IsFlapping { get; init; }

    /// <summary>How often it came back after it was resolved.</summary>
    public int Reopenings { get; init; }

    /// <summary>How many servers have or had it.</summary>
    public int ServerCount { get; init; }

    /// <summary>Those that have it first, then by name; a list of problems holds at most <see cref="ListedServers"/> of each.</summary>
    public IReadOnlyList<ProblemServerView> Servers { get; init; } = [];

    /// <summary>Somebody knows of it; null where nobody does on a server that may be seen, or not on all of them.</summary>
    public ProblemAcknowledgement? Acknowledgement { get; init; }

    /// <summary>True where it is acknowledged in some of the sites that may be seen, but not in all.</summary>
    public bool IsPartlyAcknowledged { get; init; }

    /// <summary>Who is to look after it; more than one only where sites chose differently.</summary>
    public IReadOnlyList<ProblemAssignment> Assignments { get; init; } = [];

    /// <summary>Nothing alerts for it; null where something does, for one of the sites that may be seen.</summary>
    public ProblemSilence? Silence { get; init; }

    /// <summary>Another text after each change of what people decided: send it as If-Match, so that nothing is replaced that you haven't seen.</summary>
    public string Revision { get; init; } = "0";

    public const int ListedServers = 20;

    /// <summary>Puts together what is visible of a problem.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="servers">Its servers that may be seen, at least one.</param>
    /// <param name="isRootVisible">False where it comes from a server that may not be seen: then what that one has is not told.</param>
    /// <param name="triageOf">What people decided, given the sites that may be seen and have it now.</param>
    /// <param name="now">UTC.</param>
    /// <param name="mostServers">Most servers that are listed.</param>
    internal static ProblemView Of(ProblemHeader problem, IReadOnlyList<VisibleCourse> servers, bool isRootVisible, Func<IReadOnlyCollection<string>, VisibleTriage> triageOf, DateTimeOffset now, int mostServers)
    {
        var courses = servers.Select(server => server.Course).ToList();
        var open = courses.FindAll(course => course.IsOpen);
        var shown = open.Count > 0 ? open : courses;
        var named = isRootVisible ? null : shown[0];
        var triage = open.Count == 0 ? VisibleTriage.None : triageOf([.. servers.Where(server => server.Course.IsOpen).Select(server => server.Site).Distinct(StringComparer.Ordinal)]);
        return new()
        {
            Id = problem.Id,
            Kind = problem.Kind,
            CauseId = named?.CauseId ?? problem.CauseId,
            Title = named?.Title ?? problem.Title,
            Subject = isRootVisible ? problem.Subject : "",
            State = StateOf(courses),
            Severity = shown.Max(course => course.Severity),
            Since = courses.Min(course => course.Since),
            OpenedAt = courses.Min(course => course.OpenedAt),
            ResolvedAt = open.Count > 0 ? null : courses.Max(course => course.ResolvedAt),
            GoneAt = open.Count > 0 ? null : courses.Max(course => course.GoneAt),
            IsFlapping = open.Exists(course => course.IsFlapping(now)),
            Reopenings = courses.Max(course => course.ReopeningCount),
            ServerCount = courses.Select(course => course.ServerId).Distinct().Count(),
            Acknowledgement = triage.Acknowledgement,
            IsPartlyAcknowledged = triage.IsPartlyAcknowledged,
            Assignments = triage.Assignments,
            Silence = triage.Silence,
            Revision = triage.Revision,
            Servers =
            [
                .. servers
                    .OrderBy(server => server.Course.State is ProblemState.Resolved)
                    .ThenBy(server => server.Name, StringComparer.OrdinalIgnoreCase)
                    .ThenBy(server => server.Course.CauseId, StringComparer.Ordinal)
                    .Take(mostServers)
                    .Select(server => server.ToView(now)),
            ],
        };
    }

    private static ProblemState StateOf(List<ProblemCourse> courses) =>
        courses.Exists(course => course.State is ProblemState.Open) ? ProblemState.Open
        : courses.Exists(course => course.State is ProblemState.BeingRepaired) ? ProblemState.BeingRepaired
        : courses.Exists(course => course.State is ProblemState.Unproven) ? ProblemState.Unproven
        : ProblemState.Resolved;
}

/// <summary>A problem on one server.</summary>
public sealed record ProblemServerView
{
    public required int ServerId { get; init; }
    public required string ServerName { get; init; }
    public required string Site { get; init; }

    /// <summary>Id of the cause on this server: below a failing upstream server it is another one than above.</summary>
    public required string CauseId { get; init; }

    public required string Title { get; init; }
    public ProblemState State { get; init; }
    public Severity Severity { get; init; }

    /// <summary>UTC time since which it is so on the server.</summary>
    public DateTimeOffset Since { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>UTC time of the first good reading of those that resolved it.</summary>
    public DateTimeOffset? GoneAt { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>The repair that goes on against it, or was the last one that did.</summary>
    public string? RepairId { get; init; }

    public bool IsFlapping { get; init; }
    public int Reopenings { get; init; }
}

/// <summary>A moment in the life of a problem.</summary>
/// <param name="At">UTC.</param>
/// <param name="Kind">What happened.</param>
/// <param name="CauseId">The cause on that server, as it was then.</param>
/// <param name="Detail">The repair's id, the cause's earlier name, the number of the problem that became part of this one or of the comment, why an acknowledgement or a silence ended; empty where there is nothing to say.</param>
public sealed record ProblemMomentView(DateTimeOffset At, ProblemEventKind Kind, int ServerId, string ServerName, string Site, string CauseId, string Title, Severity Severity, string Detail)
{
    /// <summary>Who did it; empty where nobody did.</summary>
    public string By { get; init; } = "";

    /// <summary>UTC time at which what the person did ends; null where it has no end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The comment of an acknowledgement, the reason of a silence, or who it was assigned to.</summary>
    public string Text { get; init; } = "";
}

/// <summary>A course on a server that may be seen.</summary>
internal sealed record VisibleCourse(ProblemCourse Course, string Name, string Site)
{
    public ProblemServerView ToView(DateTimeOffset now) => new()
    {
        ServerId = Course.ServerId,
        ServerName = Name,
        Site = Site,
        CauseId = Course.CauseId,
        Title = Course.Title,
        State = Course.State,
        Severity = Course.Severity,
        Since = Course.Since,
        OpenedAt = Course.OpenedAt,
        GoneAt = Course.GoneAt,
        ResolvedAt = Course.ResolvedAt,
        RepairId = Course.RepairId,
        IsFlapping = Course.IsOpen && Course.IsFlapping(now),
        Reopenings = Course.ReopeningCount,
    };
}
