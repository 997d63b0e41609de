using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>Which problems, and which page of them.</summary>
public sealed record ProblemQuery
{
    public const int MaximumPageSize = 200;
    public const int MaximumCauseLength = 100;

    /// <summary>True: only those that are there now; false: only those that are resolved; null: both.</summary>
    public bool? IsCurrent { get; init; }

    /// <summary>Exactly this state.</summary>
    public ProblemState? State { get; init; }

    /// <summary>At least this severe.</summary>
    public Severity? Severity { get; init; }

    public ProblemKind? Kind { get; init; }

    /// <summary>Id of a cause that one of the servers has, or had.</summary>
    public string? Cause { get; init; }

    /// <summary>As it is on this server alone.</summary>
    public int? ServerId { get; init; }

    /// <summary>As it is on the servers of this site alone.</summary>
    public string? Site { get; init; }

    /// <summary>True: only those that are there and acknowledged on all servers that may be seen; false: only those that are there and not.</summary>
    public bool? IsAcknowledged { get; init; }

    /// <summary>Id of an account, <see cref="Me"/> or <see cref="Nobody"/>: only those that are there and assigned so.</summary>
    public string? AssignedTo { get; init; }

    public const string Me = "me";
    public const string Nobody = "nobody";
    public const int MaximumPersonLength = 100;

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    public int PageSize { get; init; } = 50;
}

/// <summary>
/// The stored problems, as the caller may see them: of each only the servers in the caller's sites, and a problem that has none of these is not there, also
/// where its number is known.
/// </summary>
internal sealed class ProblemService(IDbContextFactory<DashboardContext> contexts, Assignees assignees, TimeProvider timeProvider, Caller caller)
{
    /// <summary>Those that are there now first; of these those about syncs before those about the posture, then the newest first.</summary>
    public async Task<Paged<ProblemView>> GetPageAsync(ProblemQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var courses = Visible(context, query.ServerId, query.Site);
        var problems = FilterByTriage(context, Filter(context.Problems.AsNoTracking(), courses, query), courses, query);
        var (page, pageSize, total) = await problems.PlaceAsync(query.Page, query.PageSize, cancellationToken);
        var found = await problems
            .OrderBy(problem => courses.Any(course => course.ProblemId == problem.Id && course.State != ProblemState.Resolved) ? 0 : 1)
            .ThenBy(problem => problem.Kind == ProblemKind.Posture ? 1 : 0)
            .ThenByDescending(problem => problem.Id)
            .Skip((page - 1) * pageSize)
            .Take(pageSize)
            .ToListAsync(cancellationToken);
        return new(await ToViewsAsync(context, found, courses, cancellationToken), total, page, pageSize);
    }

    /// <summary>Null where there is none, or the caller sees none of its servers. The number of one that went into another leads to that one.</summary>
    public async Task<ProblemView?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var courses = Visible(context);
        return await context.FindProblemAsync(courses, id, cancellationToken) is { } found ? (await ToViewsAsync(context, [found], courses, cancellationToken)).FirstOrDefault() : null;
    }

    /// <summary>Its servers: those that have it first, then by name. Null as in <see cref="FindAsync(long, CancellationToken)"/>.</summary>
    public async Task<Paged<ProblemServerView>?> GetServersAsync(long id, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var courses = Visible(context);
        if (await context.FindProblemAsync(courses, id, cancellationToken) is not { } problem)
        {
            return null;
        }

        var rows = courses.Where(course => course.ProblemId == problem.Id);
        var place = await rows.PlaceAsync(page, pageSize, cancellationToken);
        var found = await rows
            .Join(context.Servers, course => course.ServerId, server => server.Id, (course, server) => new { Course = course, server.Name, server.NameKey, server.Site })
            .OrderBy(row => row.Course.State == ProblemState.Resolved ? 1 : 0)
            .ThenBy(row => row.NameKey)
            .ThenBy(row => row.Course.ServerId)
            .ThenBy(row => row.Course.CauseId)
            .Skip((place.Page - 1) * place.PageSize)
            .Take(place.PageSize)
            .ToListAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        return new([.. found.Select(row => new VisibleCourse(ProblemRows.ToMember(row.Course).Course, row.Name, row.Site).ToView(now))], place.Total, place.Page, place.PageSize);
    }

    /// <summary>The moments of its life, newest first. Null as in <see cref="FindAsync(long, CancellationToken)"/>.</summary>
    public async Task<Paged<ProblemMomentView>?> GetLifeAsync(long id, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.FindProblemAsync(Visible(context), id, cancellationToken) is not { } problem)
        {
            return null;
        }

        var moments = context.ProblemEvents.AsNoTracking()
            .Where(moment => moment.ProblemId == problem.Id)
            .Within(caller.ScopeOf(Permission.View), context.Servers, moment => moment.ServerId);
        var place = await moments.PlaceAsync(page, pageSize, cancellationToken);
        var found = await moments
            .Join(context.Servers, moment => moment.ServerId, server => server.Id, (moment, server) => new { Moment = moment, server.Name, server.Site })
            .OrderByDescending(row => row.Moment.At)
            .ThenByDescending(row => row.Moment.Id)
            .Skip((place.Page - 1) * place.PageSize)
            .Take(place.PageSize)
            .ToListAsync(cancellationToken);
        return new(
            [.. found.Select(row => new ProblemMomentView(row.Moment.At.ToOffset(), row.Moment.Kind, row.Moment.ServerId, row.Name, row.Site, row.Moment.CauseId, row.Moment.Title, row.Moment.Severity, row.Moment.Detail) { By = row.Moment.Who, Until = row.Moment.Until.ToOffset(), Text = row.Moment.Text })],
            place.Total,
            place.Page,
            place.PageSize);
    }

    /// <summary>Courses on servers that the caller may see; what is only suspected is nobody's business.</summary>
    private IQueryable<ProblemServerEntity> Visible(DashboardContext context, int? serverId = null, string? site = null)
    {
        var courses = context.CoursesFor(caller);
        if (serverId is { } server)
        {
            courses = courses.Where(course => course.ServerId == server);
        }

        return string.IsNullOrEmpty(site) ? courses : courses.Where(course => context.Servers.Any(known => known.Id == course.ServerId && known.Site == site));
    }

    /// <summary>The state and the severity are those of the visible servers: what the others have does not show in any filter.</summary>
    private static IQueryable<ProblemEntity> Filter(IQueryable<ProblemEntity> all, IQueryable<ProblemServerEntity> courses, ProblemQuery query)
    {
        var problems = all.Where(problem => courses.Any(course => course.ProblemId == problem.Id));
        var isCurrent = query.IsCurrent ?? (query.State is { } asked ? asked != ProblemState.Resolved : null);
        if (isCurrent is { } current)
        {
            problems = problems.Where(problem => courses.Any(course => course.ProblemId == problem.Id && course.State != ProblemState.Resolved) == current);
        }

        if (query.State is ProblemState.Open or ProblemState.BeingRepaired or ProblemState.Unproven)
        {
            // The first of these states that any of its servers is in.
            var state = query.State.Value;
            problems = problems.Where(problem => courses.Any(course => course.ProblemId == problem.Id && course.State == state) && !courses.Any(course => course.ProblemId == problem.Id && course.State < state));
        }
        else if (query.State is ProblemState.Resolved && isCurrent != false)
        {
            problems = problems.Where(problem => false);
        }

        if (query.Severity is { } severity)
        {
            problems = problems.Where(problem => courses.Any(course => course.ProblemId == problem.Id && course.Severity >= severity
                && (course.State != ProblemState.Resolved || !courses.Any(other => other.ProblemId == problem.Id && other.State != ProblemState.Resolved))));
        }

        if (query.Kind is { } kind)
        {
            problems = problems.Where(problem => problem.Kind == kind);
        }

        return query.Cause is { Length: > 0 } cause ? problems.Where(problem => courses.Any(course => course.ProblemId == problem.Id && course.CauseId == cause)) : problems;
    }

    /// <summary>What people decided counts only where it is in force for what the caller sees.</summary>
    private IQueryable<ProblemEntity> FilterByTriage(DashboardContext context, IQueryable<ProblemEntity> problems, IQueryable<ProblemServerEntity> courses, ProblemQuery query)
    {
        var open = courses.Where(course => course.State != ProblemState.Resolved);
        if (query.IsAcknowledged is { } isAcknowledged)
        {
            var now = timeProvider.GetUtcNow().UtcDateTime;
            var unacknowledged = open.Where(course => !context.Servers.Any(server => server.Id == course.ServerId
                && context.ProblemTriages.Any(triage => triage.ProblemId == course.ProblemId && triage.Site == server.Site && triage.AcknowledgedUntil > now)));
            problems = problems.Where(problem => open.Any(course => course.ProblemId == problem.Id) && unacknowledged.Any(course => course.ProblemId == problem.Id) != isAcknowledged);
        }

        if (query.AssignedTo is not { Length: > 0 } asked)
        {
            return problems;
        }

        var assigned = open.Where(course => context.Servers.Any(server => server.Id == course.ServerId
            && context.ProblemTriages.Any(triage => triage.ProblemId == course.ProblemId && triage.Site == server.Site && triage.AssigneeId != null)));
        if (asked == ProblemQuery.Nobody)
        {
            return problems.Where(problem => open.Any(course => course.ProblemId == problem.Id) && !assigned.Any(course => course.ProblemId == problem.Id));
        }

        // The token of the options is nobody's: nothing is assigned to it.
        var person = asked == ProblemQuery.Me ? caller.Identity.PersonId : asked;
        return problems.Where(problem => open.Any(course => course.ProblemId == problem.Id && context.Servers.Any(server => server.Id == course.ServerId
            && context.ProblemTriages.Any(triage => triage.ProblemId == course.ProblemId && triage.Site == server.Site && triage.AssigneeId == person))));
    }

    private async Task<List<ProblemView>> ToViewsAsync(DashboardContext context, IReadOnlyList<ProblemEntity> problems, IQueryable<ProblemServerEntity> courses, CancellationToken cancellationToken)
    {
        var ids = problems.Select(problem => problem.Id).ToList();
        var rows = await courses
            .Where(course => ids.Contains(course.ProblemId))
            .Join(context.Servers, course => course.ServerId, server => server.Id, (course, server) => new { Course = course, server.Name, server.Site })
            .ToListAsync(cancellationToken);
        var members = rows.ToLookup(row => row.Course.ProblemId, row => new VisibleCourse(ProblemRows.ToMember(row.Course).Course, row.Name, row.Site));
        var roots = problems.Select(problem => problem.RootServerId).OfType<int>().ToList();
        var visibleRoots = await context.Servers.Within(caller.ScopeOf(Permission.View)).Where(server => roots.Contains(server.Id)).Select(server => server.Id).ToListAsync(cancellationToken);
        var triages = (await context.ProblemTriages.AsNoTracking().Where(triage => ids.Contains(triage.ProblemId)).ToListAsync(cancellationToken)).ToLookup(row => row.ProblemId, ProblemTriage.Of);
        var now = timeProvider.GetUtcNow();
        return
        [
            .. problems
                .Where(problem => members[problem.Id].Any())
                .Select(problem => ProblemView.Of(
                    ProblemRows.ToHeader(problem),
                    [.. members[problem.Id]],
                    problem.RootServerId is not { } root || visibleRoots.Contains(root),
                    sites => VisibleTriage.Of([.. triages[problem.Id]], sites, now, assignees.AsTheyAre),
                    now,
                    ProblemView.ListedServers)),
        ];
    }
}
