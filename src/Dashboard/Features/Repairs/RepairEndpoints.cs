using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>Repairs in the API.</summary>
internal static class RepairEndpoints
{
    public static IServiceCollection AddRepairs(this IServiceCollection services) => services.AddSingleton<RepairExclusion>().AddSingleton<AnsweredRepairs>().AddScoped<RepairService>();

    public static void MapRepairs(this IEndpointRouteBuilder api)
    {
        var ofServer = api.MapGroup("/servers/{id:int}").WithTags("Repairs");
        ofServer.MapPost("/plan", PlanAsync)
            .Needs(Permission.View)
            .WithSummary("Shows what a repair would do on this server now, with a fingerprint of the plan. Without a playbook, plans the one that fixes its leading cause. Changes nothing.")
            .WithProblems();
        ofServer.MapPost("/repairs", StartAsync)
            .Needs(Permission.Operate)
            .WithSummary("Plans and starts a repair. With a fingerprint, starts it only if the plan is still the one you read.")
            .WithProblems();
        var repairs = api.MapGroup("/repairs").WithTags("Repairs");
        repairs.MapGet("/", ListAsync)
            .Needs(Permission.View)
            .WithSummary("Lists repairs, newest first.");
        repairs.MapGet("/{id}", GetAsync)
            .Needs(Permission.View)
            .WithSummary("Shows one repair with its steps and verification, even if the agent isn't answering.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        repairs.MapPost("/{id}/undo", UndoAsync)
            .Needs(Permission.Operate)
            .WithSummary("Starts a repair that restores the settings this one saved, and nothing else.")
            .WithProblems();
        repairs.MapPost("/{id}/cancel", CancelAsync)
            .Needs(Permission.Operate)
            .WithSummary("Stops a repair after the current step. Settings on trial are restored first.")
            .WithProblems();
        repairs.MapPost("/{id}/keep", KeepAsync)
            .Needs(Permission.Operate)
            .WithSummary("Keeps a repair's new settings while they're on trial, even if clients get worse answers. Needs a reason, and keepAnyway in the server's own policy.")
            .WithProblems();
    }

    private static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .ProducesProblem(StatusCodes.Status504GatewayTimeout);

    private static async Task<Results<Ok<Plan>, ProblemHttpResult>> PlanAsync(int id, PlanJson body, RepairService repairs, CancellationToken cancellationToken)
    {
        var plan = await repairs.PlanAsync(id, body.Playbook, body.Baseline, body.IncludeRisky, cancellationToken);
        return plan.IsSuccess ? TypedResults.Ok(plan.Value) : plan.Failure.ToProblem();
    }

    private static async Task<Results<Accepted<RepairDetail>, ProblemHttpResult>> StartAsync(int id, StartJson body, RepairService repairs, CancellationToken cancellationToken)
    {
        var plan = await repairs.PlanAsync(id, body.Playbook, body.Baseline, body.IncludeRisky, cancellationToken);
        if (!plan.IsSuccess)
        {
            return plan.Failure.ToProblem();
        }

        if (body.Fingerprint is { } fingerprint && !string.Equals(fingerprint, plan.Value.Fingerprint, StringComparison.OrdinalIgnoreCase))
        {
            return new Kernel.Conflict($"{plan.Value.ComputerName} has changed since plan {fingerprint} was made. Nothing was started. Read the new plan first.").ToProblem();
        }

        return await AcceptAsync(await repairs.StartAsync(id, plan.Value, new(body.Reason, body.Ticket), cancellationToken), repairs, cancellationToken);
    }

    private static async Task<Ok<Paged<RepairDetail>>> ListAsync([AsParameters] RepairInput input, [AsParameters] PageInput page, RepairService repairs, CancellationToken cancellationToken) =>
        TypedResults.Ok(await repairs.ListAsync(new() { ServerId = input.Server, Site = input.Site, State = input.State, Page = page.Page, PageSize = page.PageSize }, cancellationToken));

    private static async Task<Results<Ok<RepairDetail>, ProblemHttpResult>> GetAsync(string id, RepairService repairs, CancellationToken cancellationToken) =>
        await repairs.GetAsync(id, cancellationToken) is { } detail
            ? TypedResults.Ok(detail)
            : new Kernel.NotFound($"There is no repair {id}.").ToProblem();

    private static async Task<Results<Accepted<RepairDetail>, ProblemHttpResult>> UndoAsync(string id, PurposeJson? body, RepairService repairs, CancellationToken cancellationToken) =>
        await AcceptAsync(await repairs.UndoAsync(id, new(body?.Reason, body?.Ticket), cancellationToken), repairs, cancellationToken);

    private static async Task<Results<Accepted<RepairDetail>, ProblemHttpResult>> KeepAsync(string id, PurposeJson body, RepairService repairs, CancellationToken cancellationToken) =>
        await AcceptAsync(await repairs.KeepAsync(id, new(body.Reason, body.Ticket), cancellationToken), repairs, cancellationToken);

    private static async Task<Results<Accepted<RepairDetail>, ProblemHttpResult>> CancelAsync(string id, RepairService repairs, CancellationToken cancellationToken) =>
        await AcceptAsync(await repairs.CancelAsync(id, cancellationToken), repairs, cancellationToken);

    private static async Task<Results<Accepted<RepairDetail>, ProblemHttpResult>> AcceptAsync(Outcome<Repair> outcome, RepairService repairs, CancellationToken cancellationToken)
    {
        if (!outcome.IsSuccess)
        {
            return outcome.Failure.ToProblem();
        }

        return await repairs.GetAsync(outcome.Value.Id, cancellationToken) is { } detail
            ? TypedResults.Accepted(new Uri($"{ApiPaths.Root}/repairs/{Uri.EscapeDataString(detail.Repair.Id)}", UriKind.Relative), detail)
            : new Kernel.NotFound($"The server of repair {outcome.Value.Id} was just removed.").ToProblem();
    }
}

/// <summary>Which repairs.</summary>
public sealed record RepairInput
{
    /// <summary>Id of a server.</summary>
    [Between(1, int.MaxValue)]
    public int? Server { get; init; }

    /// <summary>Of its server.</summary>
    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    /// <summary>How far they are.</summary>
    public RepairState? State { get; init; }
}
