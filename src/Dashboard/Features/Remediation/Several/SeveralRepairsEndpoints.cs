using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;

namespace WsusDashboard.Dashboard.Features.Remediation.Several;

/// <summary>Repairs of several servers in the API: plan, look, start within the minutes that a confirmation holds.</summary>
internal static class SeveralRepairsEndpoints
{
    private const int MaximumIdLength = 100;
    private const int MaximumListLength = 1_000;

    public static void MapSeveralRepairs(this IEndpointRouteBuilder api)
    {
        var several = api.MapGroup("/remediations/several").WithTags("Repairs");
        several.MapPost("/plan", Plan)
            .Needs(Permission.Operate)
            .WithSummary("Asks for the plans of 1 to 50 servers; nothing is changed. Read the answer's address until no server is planning, then start it.")
            .Accepts<PlanSeveralJson>("application/json")
            .Produces<RepairBatchJson>(StatusCodes.Status202Accepted)
            .ProducesValidationProblem();
        several.MapGet("/{id}", Get)
            .Needs(Permission.Operate)
            .WithSummary("How far each server is. Kept in memory, for whoever planned it.")
            .Produces<RepairBatchJson>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        several.MapPost("/{id}/start", StartAsync)
            .Needs(Permission.Operate)
            .WithSummary("Starts what was planned: once, by the same token, within Dashboard:ConfirmedMinutes of the plans; a browser's session has to be confirmed by password or passkey.")
            .Accepts<UndoJson>(isOptional: true, "application/json")
            .Produces<RepairBatchJson>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict);
        several.MapPost("/{id}/stop", StopAsync)
            .Needs(Permission.Operate)
            .WithSummary("Servers whose repair has not started stay as they are.")
            .Produces<RepairBatchJson>()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Accepted<RepairBatchJson>, ProblemHttpResult>> Plan(HttpRequest request, SeveralRepairsService repairs, CancellationToken cancellationToken)
    {
        var read = await StrictBody.ReadAsync(request, isOptional: false, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure.ToProblem();
        }

        var servers = read.Value.Numbers("servers", MaximumListLength);
        var playbook = read.Value.Text("playbook", MaximumIdLength, isRequired: true, allowed: [.. PlaybookCatalog.All.Select(known => known.Id)]) ?? "";
        var baseline = read.Value.Text("baseline", MaximumIdLength, allowed: [.. BaselineCatalog.All.Select(known => known.Id)]);
        return read.Value.Check() is { } invalid ? invalid.ToProblem() : Accept(repairs.Plan(servers, playbook, baseline));
    }

    private static Results<Ok<RepairBatchJson>, ProblemHttpResult> Get(string id, SeveralRepairsService repairs) =>
        repairs.Find(id) is { } batch ? TypedResults.Ok(RepairBatchJson.From(batch)) : new Features.NotFound("There is no such repair of several servers, or somebody else planned it.").ToProblem();

    private static async Task<Results<Accepted<RepairBatchJson>, ProblemHttpResult>> StartAsync(string id, HttpRequest request, SeveralRepairsService repairs, CancellationToken cancellationToken)
    {
        var read = await StrictBody.ReadAsync(request, isOptional: true, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure.ToProblem();
        }

        var purpose = new Purpose(read.Value.Text("reason", Purpose.MaximumReasonLength), read.Value.Text("ticket", Purpose.MaximumTicketLength));
        return read.Value.Check() is { } invalid ? invalid.ToProblem() : Accept(await repairs.StartAsync(id, purpose, cancellationToken));
    }

    private static async Task<Results<Ok<RepairBatchJson>, ProblemHttpResult>> StopAsync(string id, SeveralRepairsService repairs)
    {
        var stopped = await repairs.StopAsync(id);
        return stopped.IsSuccess ? TypedResults.Ok(RepairBatchJson.From(stopped.Value)) : stopped.Failure.ToProblem();
    }

    private static Results<Accepted<RepairBatchJson>, ProblemHttpResult> Accept(Outcome<RepairBatch> outcome) => outcome.IsSuccess
        ? TypedResults.Accepted(new Uri($"{ApiRegistration.Root}/remediations/several/{outcome.Value.Id}", UriKind.Relative), RepairBatchJson.From(outcome.Value))
        : outcome.Failure.ToProblem();
}

/// <summary>The body of POST remediations/several/plan.</summary>
/// <param name="Servers">Ids, 1 to 50.</param>
/// <param name="Playbook">full-repair, pool-only, restart-services or sync-only.</param>
/// <param name="Baseline">guide, microsoft or optimize-wsusserver; absent = each server's own.</param>
public sealed record PlanSeveralJson(IReadOnlyList<int> Servers, string Playbook, string? Baseline);

/// <summary>A repair of several servers in the API.</summary>
/// <param name="Id">Names it in the addresses to read, start and stop it.</param>
/// <param name="Playbook">As asked for.</param>
/// <param name="Baseline">Null = each server's own.</param>
/// <param name="IsPlanning">True while some agent has not answered with its plan.</param>
/// <param name="IsStarted">True once it was started.</param>
/// <param name="HasEnded">True once no repair of it waits or runs.</param>
/// <param name="Servers">Each server, by site and name.</param>
public sealed record RepairBatchJson(string Id, string Playbook, string? Baseline, bool IsPlanning, bool IsStarted, bool HasEnded, IReadOnlyList<RepairBatchItem> Servers)
{
    public static RepairBatchJson From(RepairBatch batch) => new(batch.Id, batch.Playbook, batch.Baseline, batch.IsPlanning, batch.IsStarted, batch.HasEnded, batch.Items);
}
