using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>What someone wrote about a problem.</summary>
/// <param name="At">UTC.</param>
/// <param name="By">Name of who wrote it, as it was then.</param>
/// <param name="Text">Plain text.</param>
/// <param name="IsDeletable">True where the caller may delete it: its author, or an administrator of its sites.</param>
public sealed record ProblemComment(long Id, DateTimeOffset At, string By, string Text, bool IsDeletable);

/// <summary>
/// Keeps what people write about problems. A comment is about the sites that its author could act on when it was written: those who see none of these don't see it,
/// because it may name what is there.
/// </summary>
internal sealed class ProblemCommentService(IDbContextFactory<DashboardContext> contexts, ProblemTriages triages, AuditTrail audit, StorageHealth health, TimeProvider timeProvider)
{
    /// <summary>Comments of one problem.</summary>
    public const int MaximumComments = 500;

    /// <summary>Newest first; null where the caller sees no such problem.</summary>
    public async Task<Paged<ProblemComment>?> GetPageAsync(long problemId, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.FindProblemAsync(context.CoursesFor(audit.Caller), problemId, cancellationToken) is not { } problem)
        {
            return null;
        }

        var rows = Visible(context).Where(comment => comment.ProblemId == problem.Id);
        var place = await rows.PlaceAsync(page, pageSize, cancellationToken);
        var found = await rows.OrderByDescending(comment => comment.Id).Skip((place.Page - 1) * place.PageSize).Take(place.PageSize).ToListAsync(cancellationToken);
        var ids = found.Select(comment => comment.Id).ToList();
        var sites = (await context.ProblemCommentSites.AsNoTracking().Where(site => ids.Contains(site.CommentId)).ToListAsync(cancellationToken)).ToLookup(site => site.CommentId, site => site.Site);
        return new([.. found.Select(comment => ToView(comment, [.. sites[comment.Id]]))], place.Total, place.Page, place.PageSize);
    }

    /// <summary>Adds one. Failures: NotFound, Forbidden, Invalid, Conflict (too many), Unavailable (database).</summary>
    public async Task<Outcome<ProblemComment>> AddAsync(long problemId, string text, CancellationToken cancellationToken)
    {
        if (ProblemTriageService.CheckText("text", text, isNeeded: true).ToList() is { Count: > 0 } errors)
        {
            return Invalid.Of(errors);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var courses = context.CoursesFor(audit.Caller);
        var problem = await context.FindProblemAsync(courses, problemId, cancellationToken);
        var found = problem is null ? [] : await FindSitesAsync(context, courses, problem.Id, cancellationToken);
        if (problem is null || found.Count == 0)
        {
            return new NotFound(Missing(problemId));
        }

        var sites = found.FindAll(site => audit.Caller.May(Permission.Operate, site.Site));
        if (sites.Count == 0)
        {
            return audit.Caller.Refusal(Permission.Operate, found[0].Site, Missing(problemId))!;
        }

        if (await context.ProblemComments.CountAsync(comment => comment.ProblemId == problem.Id, cancellationToken) >= MaximumComments)
        {
            return new Conflict($"Problem {problem.Id} has {MaximumComments} comments. Allowed: at most {MaximumComments}. Delete one first.");
        }

        var now = timeProvider.GetUtcNow();
        var comment = new ProblemCommentEntity { ProblemId = problem.Id, At = now.UtcDateTime, Who = audit.Caller.Name, PersonId = audit.Caller.Identity.PersonId, Text = text.Trim() };
        try
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            context.ProblemComments.Add(comment);
            await context.SaveChangesAsync(cancellationToken);
            context.ProblemCommentSites.AddRange(sites.Select(site => new ProblemCommentSiteEntity { CommentId = comment.Id, Site = site.Site }));
            context.ProblemEvents.AddRange(sites.Select(site => ToMoment(site.Course, ProblemEventKind.Commented, comment.Id, now)));
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception);
        }
        catch (DbUpdateException)
        {
            // The problem went meanwhile.
            return new NotFound(Missing(problemId));
        }

        triages.Tell(problem.Id);
        await WriteAsync("problem.comment", comment, sites, comment.Text);
        return ToView(comment, [.. sites.Select(site => site.Site)]);
    }

    /// <summary>Deletes one. Failures: NotFound, Forbidden (neither its author nor an administrator of all of its sites), Unavailable (database).</summary>
    public async Task<Outcome<Done>> RemoveAsync(long problemId, long commentId, CancellationToken cancellationToken)
    {
        var missing = string.Create(CultureInfo.InvariantCulture, $"There is no comment {commentId} on problem {problemId}.");
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var courses = context.CoursesFor(audit.Caller);
        var problem = await context.FindProblemAsync(courses, problemId, cancellationToken);
        if (problem is null || await Visible(context).AsTracking().FirstOrDefaultAsync(row => row.Id == commentId && row.ProblemId == problem.Id, cancellationToken) is not { } comment)
        {
            return new NotFound(missing);
        }

        var about = await context.ProblemCommentSites.AsNoTracking().Where(site => site.CommentId == commentId).Select(site => site.Site).ToListAsync(cancellationToken);
        if (!MayDelete(comment, about))
        {
            return audit.Caller.Refusal(IsOwn(comment) ? Permission.Operate : Permission.ManageServers, about.Find(site => audit.Caller.May(Permission.View, site)) ?? "", missing)
                ?? new Forbidden("Only its author, or an admin of all sites it's about, can delete this comment. Nothing was changed.");
        }

        var now = timeProvider.GetUtcNow();
        var sites = (await FindSitesAsync(context, courses, problem.Id, cancellationToken)).FindAll(site => about.Contains(site.Site));
        try
        {
            context.ProblemComments.Remove(comment);
            context.ProblemEvents.AddRange(sites.Select(site => ToMoment(site.Course, ProblemEventKind.CommentDeleted, comment.Id, now)));
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return new NotFound(missing);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return NotStored(exception);
        }

        triages.Tell(problem.Id);

        // What was deleted isn't repeated where it can't be deleted.
        await WriteAsync("problem.comment-delete", comment, sites, $"a comment by {comment.Who}");
        return Done.Instance;
    }

    private static string Missing(long id) => $"There is no problem {id}.";

    private static async Task<List<CommentedSite>> FindSitesAsync(DashboardContext context, IQueryable<ProblemServerEntity> courses, long problemId, CancellationToken cancellationToken)
    {
        var rows = await courses
            .Where(course => course.ProblemId == problemId)
            .Join(context.Servers, course => course.ServerId, server => server.Id, (course, server) => new { Course = course, server.Name, server.Site })
            .OrderBy(row => row.Course.State == ProblemState.Resolved ? 1 : 0)
            .ThenBy(row => row.Course.ServerId)
            .ToListAsync(cancellationToken);
        return [.. rows.DistinctBy(row => row.Site).Select(row => new CommentedSite(row.Course, row.Name, row.Site))];
    }

    private IQueryable<ProblemCommentEntity> Visible(DashboardContext context)
    {
        var scope = audit.Caller.ScopeOf(Permission.View);
        var (isWholeFleet, sites) = (scope.IsWholeFleet, scope.Sites);
        return context.ProblemComments.AsNoTracking().Where(comment => isWholeFleet || context.ProblemCommentSites.Any(site => site.CommentId == comment.Id && sites.Contains(site.Site)));
    }

    private ProblemComment ToView(ProblemCommentEntity comment, IReadOnlyList<string> sites) => new(comment.Id, comment.At.ToOffset(), comment.Who, comment.Text, MayDelete(comment, sites));

    private bool MayDelete(ProblemCommentEntity comment, IReadOnlyList<string> sites) =>
        IsOwn(comment) ? sites.Any(site => audit.Caller.May(Permission.Operate, site)) : sites.All(site => audit.Caller.May(Permission.ManageServers, site));

    private bool IsOwn(ProblemCommentEntity comment) => comment.PersonId.Length > 0 && comment.PersonId == audit.Caller.Identity.PersonId;

    private ProblemEventEntity ToMoment(ProblemServerEntity course, ProblemEventKind kind, long commentId, DateTimeOffset now)
    {
        var moment = TriageRows.ToEvent(course, kind, now);
        (moment.Who, moment.Detail) = (audit.Caller.Name, commentId.ToString(CultureInfo.InvariantCulture));
        return moment;
    }

    private Unavailable NotStored(Exception exception)
    {
        health.ReportFailure(StorageFault.Of(exception));
        return new($"Nothing was stored. {health.Current.Message}");
    }

    private async Task WriteAsync(string what, ProblemCommentEntity comment, List<CommentedSite> sites, string text)
    {
        foreach (var site in sites)
        {
            await audit.WriteAsync(new AuditNote
            {
                What = what,
                ServerId = site.Course.ServerId,
                ServerName = site.Name,
                Site = site.Site,
                Detail = string.Create(CultureInfo.InvariantCulture, $"{site.Course.Title} ({site.Course.CauseId}), problem {comment.ProblemId}, comment {comment.Id}: {text}"),
                Outcome = "done",
            });
        }
    }

    /// <summary>A site that has the problem, and the server of it that stands for it.</summary>
    private sealed record CommentedSite(ProblemServerEntity Course, string Name, string Site);
}
