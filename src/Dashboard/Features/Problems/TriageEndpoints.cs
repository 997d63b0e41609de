using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Web;
using NotFound = WsusDashboard.Dashboard.Kernel.NotFound;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>What people decide and write about problems, in the API.</summary>
internal static class TriageEndpoints
{
    private const string Precondition = " Send the problem's revision as If-Match to replace only what you saw; without it, nothing is replaced.";

    public static void MapTriage(this RouteGroupBuilder problems)
    {
        problems.MapGet("/groups", GroupsAsync)
            .Needs(Permission.View)
            .WithSummary("Lists current problems by cause, most important first: how many servers, since when, and what fixes them.");
        Changes(problems.MapPut("/{id:long}/acknowledgement", AcknowledgeAsync), "Acknowledges a problem on the servers you can operate, until the end you give or until it gets worse, a server joins it or it comes back." + Precondition);
        Changes(problems.MapDelete("/{id:long}/acknowledgement", TakeBackAsync), "Takes an acknowledgement back.");
        Changes(problems.MapPut("/{id:long}/assignment", AssignAsync), "Assigns a problem to a person, or to yourself with \"me\"." + Precondition);
        Changes(problems.MapDelete("/{id:long}/assignment", UnassignAsync), "Takes an assignment back.");
        Changes(problems.MapPut("/{id:long}/silence", SilenceAsync), "Silences a problem: nothing alerts for it until the end you give." + Precondition);
        Changes(problems.MapDelete("/{id:long}/silence", EndSilenceAsync), "Ends a silence.");
        problems.MapGet("/{id:long}/assignees", AssigneesAsync)
            .Needs(Permission.Operate)
            .WithSummary("Lists the people you can assign a problem to.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        problems.MapGet("/{id:long}/comments", CommentsAsync)
            .Needs(Permission.View)
            .WithSummary("Lists a problem's comments, newest first.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        problems.MapPost("/{id:long}/comments", CommentAsync)
            .Needs(Permission.Operate)
            .WithSummary("Adds a comment to a problem. It's plain text, and everyone who can see one of the problem's servers you can operate can read it.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        problems.MapDelete("/{id:long}/comments/{commentId:long}", DeleteCommentAsync)
            .Needs(Permission.Operate)
            .WithSummary("Deletes a comment. Only its author or an Admin of its sites can.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void Changes(RouteHandlerBuilder route, string summary) => route
        .Needs(Permission.Operate)
        .WithSummary(summary)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Ok<Paged<CauseGroup>>> GroupsAsync([AsParameters] ProblemGroupInput input, [AsParameters] PageInput page, VisibleProblems problems, CancellationToken cancellationToken)
    {
        var board = await problems.LoadBoardAsync(cancellationToken);
        var groups = board.Groups.Where(group => input.Acknowledged is not { } acknowledged || group.IsAcknowledged == acknowledged).ToList();
        return TypedResults.Ok(new Paged<CauseGroup>([.. groups.Skip((page.Page - 1) * page.PageSize).Take(page.PageSize)], groups.Count, page.Page, page.PageSize));
    }

    private static async Task<Results<Ok<ProblemView>, ProblemHttpResult>> AcknowledgeAsync(long id, AcknowledgementJson body, HttpContext http, ProblemTriageService triage, ProblemService problems, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await triage.AcknowledgeAsync([Target(id, http)], new(body.Until, body.Hours, body.UntilItChanges == true), body.Comment ?? "", cancellationToken), http, problems, cancellationToken);

    private static async Task<Results<Ok<ProblemView>, ProblemHttpResult>> TakeBackAsync(long id, HttpContext http, ProblemTriageService triage, ProblemService problems, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await triage.TakeBackAsync([Target(id, http)], cancellationToken), http, problems, cancellationToken);

    private static async Task<Results<Ok<ProblemView>, ProblemHttpResult>> AssignAsync(long id, AssignmentJson body, HttpContext http, ProblemTriageService triage, ProblemService problems, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await triage.AssignAsync([Target(id, http)], body.Person, cancellationToken), http, problems, cancellationToken);

    private static async Task<Results<Ok<ProblemView>, ProblemHttpResult>> UnassignAsync(long id, HttpContext http, ProblemTriageService triage, ProblemService problems, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await triage.UnassignAsync([Target(id, http)], cancellationToken), http, problems, cancellationToken);

    private static async Task<Results<Ok<ProblemView>, ProblemHttpResult>> SilenceAsync(long id, SilenceJson body, HttpContext http, ProblemTriageService triage, ProblemService problems, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await triage.SilenceAsync([Target(id, http)], new(body.Until, body.Hours), body.Reason, cancellationToken), http, problems, cancellationToken);

    private static async Task<Results<Ok<ProblemView>, ProblemHttpResult>> EndSilenceAsync(long id, HttpContext http, ProblemTriageService triage, ProblemService problems, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await triage.EndSilenceAsync([Target(id, http)], cancellationToken), http, problems, cancellationToken);

    private static async Task<Results<Ok<Paged<AssigneeJson>>, ProblemHttpResult>> AssigneesAsync(long id, [AsParameters] PageInput page, ProblemTriageService triage, CancellationToken cancellationToken)
    {
        var people = await triage.GetAssigneesAsync(id, page.Page, page.PageSize, cancellationToken);
        return people.IsSuccess ? TypedResults.Ok(people.Value.AskedFor(page.Page)) : people.Failure.ToProblem();
    }

    private static async Task<Results<Ok<Paged<ProblemComment>>, ProblemHttpResult>> CommentsAsync(long id, [AsParameters] PageInput page, ProblemCommentService comments, CancellationToken cancellationToken) =>
        await comments.GetPageAsync(id, page.Page, page.PageSize, cancellationToken) is { } found ? TypedResults.Ok(found.AskedFor(page.Page)) : new NotFound($"There is no problem {id}.").ToProblem();

    private static async Task<Results<Created<ProblemComment>, ProblemHttpResult>> CommentAsync(long id, CommentJson body, ProblemCommentService comments, CancellationToken cancellationToken)
    {
        var added = await comments.AddAsync(id, body.Text, cancellationToken);
        return added.IsSuccess ? TypedResults.Created(new Uri($"{ApiPaths.Root}/problems/{id}/comments", UriKind.Relative), added.Value) : added.Failure.ToProblem();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteCommentAsync(long id, long commentId, ProblemCommentService comments, CancellationToken cancellationToken)
    {
        var removed = await comments.RemoveAsync(id, commentId, cancellationToken);
        return removed.IsSuccess ? TypedResults.NoContent() : removed.Failure.ToProblem();
    }

    /// <summary>The revision that the caller saw, as the entity tag of the answer had it.</summary>
    private static TriageTarget Target(long id, HttpContext http) => new(id, EntityTags.ReadSeen(http));

    private static async Task<Results<Ok<ProblemView>, ProblemHttpResult>> AnswerAsync(long id, Outcome<TriageResult> outcome, HttpContext http, ProblemService problems, CancellationToken cancellationToken)
    {
        if (!outcome.IsSuccess)
        {
            return outcome.Failure.ToProblem();
        }

        return await problems.FindAsync(id, cancellationToken) is { } problem ? Tagged(problem, http) : new NotFound($"There is no problem {id}.").ToProblem();
    }

    /// <summary>The problem with its revision as entity tag.</summary>
    internal static Ok<ProblemView> Tagged(ProblemView problem, HttpContext http)
    {
        http.Response.Headers[HeaderNames.ETag] = $"\"{problem.Revision}\"";
        return TypedResults.Ok(problem);
    }
}

/// <summary>Which groups of problems.</summary>
public sealed record ProblemGroupInput
{
    /// <summary>True: only those of which every problem is acknowledged; false: only the others.</summary>
    public bool? Acknowledged { get; init; }
}

/// <summary>Until when someone knows of a problem; one of the three.</summary>
public sealed record AcknowledgementJson
{
    /// <summary>A time, at most 365 days from now.</summary>
    [Calendar]
    public DateTimeOffset? Until { get; init; }

    /// <summary>Hours from now, at most 365 days.</summary>
    [Between(1, ProblemTriageService.MaximumDays * 24)]
    public int? Hours { get; init; }

    /// <summary>True: until its cause gets another name or a repair of it ends, at most 365 days.</summary>
    public bool? UntilItChanges { get; init; }

    /// <summary>In your words; may be absent.</summary>
    [AtMost(ProblemTriageService.MaximumTextLength)]
    public string? Comment { get; init; }
}

/// <summary>Who is to look after a problem.</summary>
public sealed record AssignmentJson
{
    /// <summary>"me", or the id of an account.</summary>
    [Needed]
    [AtMost(ProblemQuery.MaximumPersonLength)]
    public string Person { get; init; } = "";
}

/// <summary>How long nothing alerts for a problem; until or hours.</summary>
public sealed record SilenceJson
{
    /// <summary>A time, at most 365 days from now.</summary>
    [Calendar]
    public DateTimeOffset? Until { get; init; }

    /// <summary>Hours from now, at most 365 days.</summary>
    [Between(1, ProblemTriageService.MaximumDays * 24)]
    public int? Hours { get; init; }

    /// <summary>Why, in your words.</summary>
    [Needed]
    [AtMost(ProblemTriageService.MaximumTextLength)]
    public string Reason { get; init; } = "";
}

/// <summary>A comment.</summary>
public sealed record CommentJson
{
    /// <summary>Plain text.</summary>
    [Needed]
    [AtMost(ProblemTriageService.MaximumTextLength)]
    public string Text { get; init; } = "";
}
