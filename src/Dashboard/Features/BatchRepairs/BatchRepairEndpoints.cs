using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.BatchRepairs;

/// <summary>Repairs of several servers in the API: plan, look, start within the minutes that a confirmation holds.</summary>
internal static class BatchRepairEndpoints
{
    public static void MapBatchRepairs(this IEndpointRouteBuilder api)
    {
        var batch = api.MapGroup("/repairs/batch").WithTags("Repairs");
        batch.MapPost("/plan", PlanAsync)
            .Needs(Permission.Operate)
            .WithSummary("Plans a repair of 1 to 50 servers, or of all that a repair can fix, each with the playbook that fixes its cause. Changes nothing. Servers that no repair fixes are left out. Poll the returned address until no server is planning, then start it.");
        batch.MapGet("/{id}", GetAsync)
            .Needs(Permission.Operate)
            .WithSummary("Each server's progress. Only whoever planned the batch can read it.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        batch.MapPost("/{id}/start", StartAsync)
            .Needs(Permission.Operate)
            .WithSummary("Starts a planned batch, once. A token can start only its own batch, within Dashboard:SignIn:ConfirmedMinutes of the plans; a browser session must be confirmed with a password or passkey.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        batch.MapPost("/{id}/cancel", CancelAsync)
            .Needs(Permission.Operate)
            .WithSummary("Cancels the waiting servers. Repairs that are running continue.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Accepted<RepairBatch>, ProblemHttpResult>> PlanAsync(PlanBatchJson body, BatchRepairService repairs, CancellationToken cancellationToken) =>
        Accept(await repairs.PlanAsync(body.Servers, body.Playbook, body.Baseline, cancellationToken));

    private static async Task<Results<Ok<RepairBatch>, ProblemHttpResult>> GetAsync(string id, BatchRepairService repairs, CancellationToken cancellationToken) =>
        await repairs.FindAsync(id, cancellationToken) is { } batch ? TypedResults.Ok(batch) : new Kernel.NotFound("This batch doesn't exist, or someone else planned it.").ToProblem();

    private static async Task<Results<Accepted<RepairBatch>, ProblemHttpResult>> StartAsync(string id, PurposeJson? body, BatchRepairService repairs, CancellationToken cancellationToken) =>
        Accept(await repairs.StartAsync(id, new(body?.Reason, body?.Ticket), cancellationToken));

    private static async Task<Results<Ok<RepairBatch>, ProblemHttpResult>> CancelAsync(string id, BatchRepairService repairs, CancellationToken cancellationToken)
    {
        var cancelled = await repairs.CancelAsync(id, cancellationToken);
        return cancelled.IsSuccess ? TypedResults.Ok(cancelled.Value) : cancelled.Failure.ToProblem();
    }

    private static Results<Accepted<RepairBatch>, ProblemHttpResult> Accept(Outcome<RepairBatch> outcome) => outcome.IsSuccess
        ? TypedResults.Accepted(new Uri($"{ApiPaths.Root}/repairs/batch/{outcome.Value.Id}", UriKind.Relative), outcome.Value)
        : outcome.Failure.ToProblem();
}

/// <summary>The body of POST repairs/batch/plan.</summary>
public sealed record PlanBatchJson
{
    /// <summary>Ids, 1 to 50. Absent: every server whose named cause a playbook here fixes, the worst first, at most 50.</summary>
    public IReadOnlyList<int>? Servers { get; init; }

    /// <summary>Absent: for each server the one that fixes its leading cause. Either way, a server whose cause isn't fixed is left out, with the reason.</summary>
    [PlaybookId]
    public string? Playbook { get; init; }

    /// <summary>Absent: each server's own.</summary>
    [BaselineId]
    public string? Baseline { get; init; }
}
