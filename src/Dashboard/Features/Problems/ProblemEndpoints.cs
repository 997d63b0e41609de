using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>Problems in the API.</summary>
internal static class ProblemEndpoints
{
    public static IServiceCollection AddProblems(this IServiceCollection services) => services
        .AddScoped<ProblemService>()
        .AddScoped<ProblemTriageService>()
        .AddScoped<ProblemCommentService>();

    public static void MapProblems(this IEndpointRouteBuilder api)
    {
        var problems = api.MapGroup("/problems").WithTags("Problems");
        problems.MapGet("/", ListAsync)
            .Needs(Permission.View)
            .WithSummary("Lists problems, current ones first, then newest first. Each shows only servers you can see.");
        problems.MapGet("/{id:long}", GetAsync)
            .Needs(Permission.View)
            .WithSummary("Shows one problem. If it was merged into another problem, shows that one. Its revision is the entity tag.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        problems.MapGet("/{id:long}/servers", ServersAsync)
            .Needs(Permission.View)
            .WithSummary("Lists a problem's servers, those that have it now first.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        problems.MapGet("/{id:long}/life", LifeAsync)
            .Needs(Permission.View)
            .WithSummary("Lists what happened to a problem, newest first.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        problems.MapTriage();
    }

    private static async Task<Ok<Paged<ProblemView>>> ListAsync([AsParameters] ProblemInput input, [AsParameters] PageInput page, ProblemService problems, CancellationToken cancellationToken) =>
        TypedResults.Ok((await problems.GetPageAsync(input.ToQuery() with { Page = page.Page, PageSize = page.PageSize }, cancellationToken)).AskedFor(page.Page));

    private static async Task<Results<Ok<ProblemView>, ProblemHttpResult>> GetAsync(long id, HttpContext http, ProblemService problems, CancellationToken cancellationToken) =>
        await problems.FindAsync(id, cancellationToken) is { } problem ? TriageEndpoints.Tagged(problem, http) : Missing(id);

    private static async Task<Results<Ok<Paged<ProblemServerView>>, ProblemHttpResult>> ServersAsync(long id, [AsParameters] PageInput page, ProblemService problems, CancellationToken cancellationToken) =>
        await problems.GetServersAsync(id, page.Page, page.PageSize, cancellationToken) is { } servers ? TypedResults.Ok(servers.AskedFor(page.Page)) : Missing(id);

    private static async Task<Results<Ok<Paged<ProblemMomentView>>, ProblemHttpResult>> LifeAsync(long id, [AsParameters] PageInput page, ProblemService problems, CancellationToken cancellationToken) =>
        await problems.GetLifeAsync(id, page.Page, page.PageSize, cancellationToken) is { } life ? TypedResults.Ok(life.AskedFor(page.Page)) : Missing(id);

    /// <summary>The same for one that is not there and for one that is not the caller's to see.</summary>
    private static ProblemHttpResult Missing(long id) => new Kernel.NotFound($"There is no problem {id}.").ToProblem();
}

/// <summary>Which problems.</summary>
public sealed record ProblemInput
{
    /// <summary>True: only those that are there now; false: only those that are resolved.</summary>
    public bool? Current { get; init; }

    /// <summary>How far they are.</summary>
    [ShownState]
    public ProblemState? State { get; init; }

    /// <summary>At least this severe.</summary>
    public Severity? Severity { get; init; }

    /// <summary>What their servers have in common.</summary>
    public ProblemKind? Kind { get; init; }

    /// <summary>Id of the cause, as findings name it.</summary>
    [AtMost(ProblemQuery.MaximumCauseLength)]
    public string? Cause { get; init; }

    /// <summary>Id of a server: problems as they are there.</summary>
    [Between(1, int.MaxValue)]
    public int? Server { get; init; }

    /// <summary>Problems as they are on the servers of this site.</summary>
    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    /// <summary>True: only those that are there and acknowledged; false: only those that are there and not.</summary>
    public bool? Acknowledged { get; init; }

    /// <summary>Who it's assigned to: the id of an account, "me" or "nobody".</summary>
    [AtMost(ProblemQuery.MaximumPersonLength)]
    public string? AssignedTo { get; init; }

    public ProblemQuery ToQuery() => new()
    {
        IsAcknowledged = Acknowledged,
        AssignedTo = AssignedTo,
        IsCurrent = Current,
        State = State,
        Severity = Severity,
        Kind = Kind,
        Cause = Cause,
        ServerId = Server,
        Site = Site,
    };
}

/// <summary>A state that a problem is shown in: one that is only suspected is not shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ShownStateAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) => value is ProblemState.Suspected
        ? InputRules.Refuse(validationContext, value, "open, beingRepaired, unproven, resolved")
        : null;
}
