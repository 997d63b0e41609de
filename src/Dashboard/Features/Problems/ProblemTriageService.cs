using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>A problem that somebody decides about.</summary>
/// <param name="ProblemId">The problem.</param>
/// <param name="Revision">As it was shown; null where the person saw nothing that could be replaced: then nothing is.</param>
public sealed record TriageTarget(long ProblemId, string? Revision);

/// <summary>Until when: one of the three.</summary>
/// <param name="Until">UTC; a moment.</param>
/// <param name="Hours">From now.</param>
/// <param name="UntilItChanges">Until the problem changes, at most <see cref="ProblemTriageService.MaximumDays"/> days.</param>
public sealed record TriageEnd(DateTimeOffset? Until = null, int? Hours = null, bool UntilItChanges = false);

/// <summary>What came of a decision about several problems.</summary>
/// <param name="Changed">Problems that it was stored for.</param>
/// <param name="Failures">Why it was not, for the others.</param>
internal sealed record TriageResult(int Changed, IReadOnlyList<Failure> Failures);

/// <summary>
/// Acknowledges, assigns and silences problems, for those of their sites that the caller may act on. Of two people at once the second is told: a decision counts
/// only about what the person saw.
/// </summary>
internal sealed class ProblemTriageService(IDbContextFactory<DashboardContext> contexts, ProblemTriages triages, Assignees assignees, AuditTrail audit, StorageHealth health, TimeProvider timeProvider)
{
    public const int MaximumDays = 365;
    public const int MaximumTextLength = 1_000;

    /// <summary>Problems of one decision.</summary>
    public const int MaximumProblems = 500;

    /// <summary>Says that somebody knows of it. Failures: NotFound, Forbidden, Invalid, Conflict (resolved, or somebody was first), Unavailable (database).</summary>
    public Task<Outcome<TriageResult>> AcknowledgeAsync(IReadOnlyList<TriageTarget> targets, TriageEnd end, string comment, CancellationToken cancellationToken)
    {
        List<FieldError> errors = [.. CheckText("comment", comment, isNeeded: false)];
        var until = Resolve(end, mayBeUntilChange: true, errors);
        return errors.Count > 0 ? Refused(errors) : ChangeAllAsync(targets, new Acknowledge(until, end.UntilItChanges, comment.Trim()), cancellationToken);
    }

    /// <summary>Ends that at once. Failures as above; NotFound also where it isn't acknowledged.</summary>
    public Task<Outcome<TriageResult>> TakeBackAsync(IReadOnlyList<TriageTarget> targets, CancellationToken cancellationToken) => ChangeAllAsync(targets, new TakeBackAcknowledgement(), cancellationToken);

    /// <summary>Says who is to look after it. Failures as above; Invalid also where that person can't see it.</summary>
    /// <param name="targets">Which.</param>
    /// <param name="person">Id of an account, or <see cref="ProblemQuery.Me"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Outcome<TriageResult>> AssignAsync(IReadOnlyList<TriageTarget> targets, string person, CancellationToken cancellationToken)
    {
        var id = person == ProblemQuery.Me ? audit.Caller.Identity.PersonId : person;
        return id.Length == 0 ? Refused([new("person", "\"me\" is a person, and this token belongs to nobody. Allowed: the id of an account.")])
            : assignees.Find(id) is not { } known ? Refused([new("person", $"There's no account \"{PlainText.Cut(PlainText.Replace(id), 100)}\" that is enabled. Allowed: \"me\", or the id of an account that can see the problem.")])
            : ChangeAllAsync(targets, new Assign(known.Id, known.Name), cancellationToken);
    }

    public Task<Outcome<TriageResult>> UnassignAsync(IReadOnlyList<TriageTarget> targets, CancellationToken cancellationToken) => ChangeAllAsync(targets, new Unassign(), cancellationToken);

    /// <summary>Keeps everything from alerting for it until a moment.</summary>
    public Task<Outcome<TriageResult>> SilenceAsync(IReadOnlyList<TriageTarget> targets, TriageEnd end, string reason, CancellationToken cancellationToken)
    {
        List<FieldError> errors = [.. CheckText("reason", reason, isNeeded: true)];
        var until = Resolve(end, mayBeUntilChange: false, errors);
        return errors.Count > 0 ? Refused(errors) : ChangeAllAsync(targets, new SilenceProblem(until, reason.Trim()), cancellationToken);
    }

    public Task<Outcome<TriageResult>> EndSilenceAsync(IReadOnlyList<TriageTarget> targets, CancellationToken cancellationToken) => ChangeAllAsync(targets, new EndSilence(), cancellationToken);

    /// <summary>Who a problem can be assigned to: everyone who may act on one of its sites that the caller may act on. Failures: NotFound, Forbidden.</summary>
    public async Task<Outcome<Paged<AssigneeJson>>> GetAssigneesAsync(long problemId, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var read = await ReadAsync(context, problemId, cancellationToken);
        if (read.Failure is { } failure)
        {
            return failure;
        }

        var people = assignees.For([.. read.Value!.Courses.Select(course => course.Site).Where(site => audit.Caller.May(Permission.Operate, site))]);
        var place = Math.Clamp(page, 1, Math.Max(1, (people.Count + pageSize - 1) / pageSize));
        return new Paged<AssigneeJson>([.. people.Skip((place - 1) * pageSize).Take(pageSize).Select(person => new AssigneeJson(person.Id, person.Name))], people.Count, place, pageSize);
    }

    internal static IEnumerable<FieldError> CheckText(string field, string text, bool isNeeded)
    {
        if (isNeeded && string.IsNullOrWhiteSpace(text))
        {
            yield return new(field, $"\"{field}\" is missing. Allowed: 1 to {MaximumTextLength} characters.");
        }
        else if (text.Length > MaximumTextLength || !PlainText.IsPlain(text, mayBreak: true))
        {
            yield return new(field, $"\"{field}\" has {text.Length} characters. Allowed: at most {MaximumTextLength}, without control and format characters.");
        }
    }

    private static Task<Outcome<TriageResult>> Refused(IReadOnlyList<FieldError> errors) => Task.FromResult<Outcome<TriageResult>>(Invalid.Of(errors));

    private DateTimeOffset Resolve(TriageEnd end, bool mayBeUntilChange, List<FieldError> errors)
    {
        var now = timeProvider.GetUtcNow();
        var last = now.AddDays(MaximumDays);
        if ((end.Until is null ? 0 : 1) + (end.Hours is null ? 0 : 1) + (end.UntilItChanges ? 1 : 0) != 1 || (end.UntilItChanges && !mayBeUntilChange))
        {
            errors.Add(new("until", $"An end is needed. Allowed: one of \"until\" (a time), \"hours\"{(mayBeUntilChange ? " and \"untilItChanges\"" : "")}."));
            return last;
        }

        if (end.Hours is < 1 or > MaximumDays * 24)
        {
            errors.Add(new("hours", $"\"{end.Hours}\" is not allowed for \"hours\". Allowed: 1 to {MaximumDays * 24}."));
            return last;
        }

        var until = end.Until ?? (end.Hours is { } hours ? now.AddHours(hours) : last);
        if (until <= now || until > last)
        {
            errors.Add(new("until", string.Create(CultureInfo.InvariantCulture, $"\"{until.UtcDateTime:yyyy-MM-dd HH:mm} UTC\" is not allowed for \"until\". Allowed: a time from now to {MaximumDays} days from now.")));
        }

        return until;
    }

    private async Task<Outcome<TriageResult>> ChangeAllAsync(IReadOnlyList<TriageTarget> targets, TriageChange change, CancellationToken cancellationToken)
    {
        if (targets.Count > MaximumProblems)
        {
            return Invalid.Of("problems", $"These are {targets.Count} problems. Allowed: at most {MaximumProblems} at once.");
        }

        var changed = 0;
        List<Failure> failures = [];
        foreach (var target in targets)
        {
            if (await ChangeAsync(target, change, cancellationToken) is { } failure)
            {
                failures.Add(failure);
            }
            else
            {
                changed++;
            }
        }

        if (changed > 0)
        {
            await triages.ReloadAsync(cancellationToken);
        }

        return changed == 0 && failures.Count > 0 ? failures[0] : new TriageResult(changed, failures);
    }

    /// <summary>Null where it was stored.</summary>
    private async Task<Failure?> ChangeAsync(TriageTarget target, TriageChange change, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var read = await ReadAsync(context, target.ProblemId, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure;
        }

        var (problem, courses) = read.Value;
        var open = courses.Where(course => course.Row.State != ProblemState.Resolved).ToList();
        if (open.Count == 0)
        {
            return new Conflict($"Problem {problem.Id} is resolved, so it can't be {change.Participle}. If it comes back, it begins anew.");
        }

        var visible = open.Select(course => course.Site).Distinct(StringComparer.Ordinal).ToList();
        var own = visible.FindAll(site => audit.Caller.May(Permission.Operate, site) && MayTake(change, site));
        if (own.Count == 0)
        {
            return audit.Caller.Refusal(Permission.Operate, visible.Find(site => audit.Caller.May(Permission.Operate, site)) ?? visible[0], Missing(target.ProblemId))
                ?? Invalid.Of("person", $"{change.Text} can't see this problem's servers. Allowed: someone with a role for their sites.");
        }

        var rows = await context.ProblemTriages.Where(row => row.ProblemId == problem.Id && visible.Contains(row.Site)).ToListAsync(cancellationToken);
        if (FindObstacle(target, change, problem, rows, own) is { } obstacle)
        {
            return obstacle;
        }

        var now = timeProvider.GetUtcNow();
        var touched = change.IsEnd ? own.FindAll(site => rows.Exists(row => row.Site == site && change.IsInForce(row, now))) : own;
        foreach (var site in touched)
        {
            Put(context, problem.Id, site, rows, change, now);
            context.ProblemEvents.Add(ToMoment(open.First(course => course.Site == site).Row, change, now));
        }

        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (StorageFault.Of(exception) == StorageProblem.None)
        {
            // Somebody stored something between the reading and the writing.
            return new Conflict($"Someone else changed problem {problem.Id} just now. Nothing was changed. Look at it again.");
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            health.ReportFailure(StorageFault.Of(exception));
            return new Unavailable($"Nothing was stored. {health.Current.Message}");
        }

        foreach (var site in touched)
        {
            await WriteAsync(problem, change, [.. open.Where(course => course.Site == site)]);
        }

        return null;
    }

    private bool MayTake(TriageChange change, string site) => change is not Assign assign || assignees.Find(assign.PersonId)?.ScopeOf(Permission.View).Permits(site) == true;

    /// <summary>What the person hasn't seen is not replaced.</summary>
    private Failure? FindObstacle(TriageTarget target, TriageChange change, ProblemEntity problem, List<ProblemTriageEntity> rows, List<string> own)
    {
        var now = timeProvider.GetUtcNow();
        var inForce = rows.Where(row => own.Contains(row.Site) && change.IsInForce(row, now)).ToList();
        if (target.Revision is { } seen && seen != ProblemTriage.RevisionOf(rows.Select(row => row.Revision)))
        {
            return new Conflict($"Someone else changed problem {problem.Id} since you looked{(inForce.Count > 0 ? $": {Describe(inForce[0], change)}" : "")}. Nothing was changed. Look at it again.");
        }

        if (change.IsEnd)
        {
            return inForce.Count == 0 ? new NotFound($"Problem {problem.Id} isn't {change.Participle}. Nothing was changed.") : null;
        }

        return target.Revision is null && inForce.Count > 0
            ? new Conflict($"Problem {problem.Id} is already {change.Participle}: {Describe(inForce[0], change)}. Nothing was changed. To replace that, send the problem's revision as If-Match.")
            : null;
    }

    private static string Describe(ProblemTriageEntity row, TriageChange change) =>
        change.Origin(row) is (var by, { } at) ? string.Create(CultureInfo.InvariantCulture, $"{change.Participle} by {by} on {at:yyyy-MM-dd HH:mm} UTC") : change.Participle;

    private void Put(DashboardContext context, long problemId, string site, List<ProblemTriageEntity> rows, TriageChange change, DateTimeOffset now)
    {
        var row = rows.Find(known => known.Site == site);
        if (row is null)
        {
            row = new() { ProblemId = problemId, Site = site };
            context.ProblemTriages.Add(row);
        }

        change.Apply(row, now, audit.Caller.Name);
        row.Revision = ProblemTriage.NextRevision();
        if (TriageRows.IsEmpty(row))
        {
            context.ProblemTriages.Remove(row);
        }
    }

    private ProblemEventEntity ToMoment(ProblemServerEntity course, TriageChange change, DateTimeOffset now)
    {
        var moment = TriageRows.ToEvent(course, change.Moment, now);
        (moment.Who, moment.Until, moment.Text, moment.Detail) = (audit.Caller.Name, change.Until?.UtcDateTime, change.Text, change.Detail);
        return moment;
    }

    /// <summary>The problem and its servers that the caller may see; the first by id.</summary>
    private async Task<Outcome<VisibleProblem>> ReadAsync(DashboardContext context, long problemId, CancellationToken cancellationToken)
    {
        var courses = context.CoursesFor(audit.Caller);
        if (await context.FindProblemAsync(courses, problemId, cancellationToken) is not { } problem)
        {
            return new NotFound(Missing(problemId));
        }

        var found = await courses
            .Where(course => course.ProblemId == problem.Id)
            .Join(context.Servers, course => course.ServerId, server => server.Id, (course, server) => new { Course = course, server.Name, server.Site })
            .OrderBy(row => row.Course.ServerId)
            .ToListAsync(cancellationToken);
        if (found.Count == 0)
        {
            return new NotFound(Missing(problemId));
        }

        var refusal = found.Exists(row => audit.Caller.May(Permission.Operate, row.Site)) ? null : audit.Caller.Refusal(Permission.Operate, found[0].Site, Missing(problemId));
        return refusal is null ? new VisibleProblem(problem, [.. found.Select(row => new ActedCourse(row.Course, row.Name, row.Site))]) : refusal;
    }

    private static string Missing(long id) => $"There is no problem {id}.";

    private Task WriteAsync(ProblemEntity problem, TriageChange change, IReadOnlyList<ActedCourse> courses) => audit.WriteAsync(new AuditNote
    {
        What = change.AuditName,
        ServerId = courses[0].Row.ServerId,
        ServerName = courses[0].Name,
        Site = courses[0].Site,
        Detail = string.Create(CultureInfo.InvariantCulture, $"{courses[0].Row.Title} ({courses[0].Row.CauseId}), problem {problem.Id}{(courses.Count > 1 ? $", {courses.Count} servers of this site" : "")}{(change.Text.Length > 0 && change is not Assign ? $": {change.Text}" : "")}"),
        After = change.After,
        Outcome = "done",
    });

    /// <summary>A problem on a server.</summary>
    private sealed record ActedCourse(ProblemServerEntity Row, string Name, string Site);

    private sealed record VisibleProblem(ProblemEntity Problem, IReadOnlyList<ActedCourse> Courses);
}

/// <summary>Someone a problem can be assigned to.</summary>
/// <param name="PersonId">The account.</param>
public sealed record AssigneeJson(string PersonId, string Name);
