using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Dashboard.Features.Remediation;

/// <summary>Repairs in the API.</summary>
internal static class RemediationEndpoints
{
    private const int MaximumIdLength = 100;
    private const int MaximumPage = 1_000_000;

    public static void MapRemediations(this IEndpointRouteBuilder api)
    {
        var ofServer = api.MapGroup("/servers/{id:int}").WithTags("Repairs");
        ofServer.MapPost("/plan", PlanAsync)
            .Needs(Permission.View)
            .WithSummary("What a repair would do on this server now, and what it was made from (fingerprint). Nothing is changed.")
            .Accepts<PlanJson>("application/json")
            .Produces<Plan>()
            .WithProblems();
        ofServer.MapPost("/remediations", StartAsync)
            .Needs(Permission.Operate)
            .WithSummary("Plans and starts a repair; with a fingerprint only where the plan is still the one that was looked at.")
            .Accepts<StartJson>("application/json")
            .Produces<RemediationJson>(StatusCodes.Status202Accepted)
            .WithProblems();
        var remediations = api.MapGroup("/remediations").WithTags("Repairs");
        remediations.MapGet("/", ListAsync)
            .Needs(Permission.View)
            .WithSummary("Repairs, newest first. Parameters: server, site, state, page, pageSize (1 to 200).")
            .Produces<Paged<RemediationRow>>()
            .ProducesValidationProblem();
        remediations.MapGet("/{id}", GetAsync)
            .Needs(Permission.View)
            .WithSummary("One repair with its steps and its verification; works while the agent does not answer.")
            .Produces<RemediationJson>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        remediations.MapPost("/{id}/undo", UndoAsync)
            .Needs(Permission.Operate)
            .WithSummary("Starts a run that restores the settings that this repair saved, and nothing else.")
            .Accepts<UndoJson>(isOptional: true, "application/json")
            .Produces<RemediationJson>(StatusCodes.Status202Accepted)
            .WithProblems();
        remediations.MapPost("/{id}/cancel", CancelAsync)
            .Needs(Permission.Operate)
            .WithSummary("Stops a repair after the step that runs now.")
            .Produces<RemediationJson>(StatusCodes.Status202Accepted)
            .WithProblems();
    }

    private static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .ProducesProblem(StatusCodes.Status504GatewayTimeout);

    private static async Task<Results<Ok<Plan>, ProblemHttpResult>> PlanAsync(int id, HttpRequest request, RemediationService remediations, CancellationToken cancellationToken)
    {
        var read = await StrictBody.ReadAsync(request, isOptional: false, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure.ToProblem();
        }

        var (playbook, baseline) = ReadPlaybook(read.Value);
        if (read.Value.Check() is { } invalid)
        {
            return invalid.ToProblem();
        }

        var plan = await remediations.PlanAsync(id, playbook, baseline, cancellationToken);
        return plan.IsSuccess ? TypedResults.Ok(plan.Value) : plan.Failure.ToProblem();
    }

    private static async Task<Results<Accepted<RemediationJson>, ProblemHttpResult>> StartAsync(int id, HttpRequest request, RemediationService remediations, CancellationToken cancellationToken)
    {
        var read = await StrictBody.ReadAsync(request, isOptional: false, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure.ToProblem();
        }

        var (playbook, baseline) = ReadPlaybook(read.Value);
        var fingerprint = read.Value.Text("fingerprint", MaximumIdLength);
        var purpose = ReadPurpose(read.Value);
        if (read.Value.Check() is { } invalid)
        {
            return invalid.ToProblem();
        }

        var plan = await remediations.PlanAsync(id, playbook, baseline, cancellationToken);
        if (!plan.IsSuccess)
        {
            return plan.Failure.ToProblem();
        }

        if (fingerprint is not null && !string.Equals(fingerprint, plan.Value.Fingerprint, StringComparison.OrdinalIgnoreCase))
        {
            return new Features.Conflict($"{plan.Value.ComputerName} changed since the plan {fingerprint} was made. Nothing was started; look at the new plan first.").ToProblem();
        }

        return await AcceptAsync(await remediations.StartAsync(id, plan.Value, purpose, cancellationToken), remediations, cancellationToken);
    }

    private static async Task<Results<Ok<Paged<RemediationRow>>, ProblemHttpResult>> ListAsync(HttpRequest request, RemediationService remediations, CancellationToken cancellationToken)
    {
        var query = new StrictQuery(request.Query);
        var server = query.Number("server", 0, 1, int.MaxValue);
        var wanted = new RemediationQuery
        {
            ServerId = server == 0 ? null : server,
            Site = query.Text("site", ServerInput.MaximumSiteLength),
            State = query.Word<RunState>("state"),
            Page = query.Number("page", 1, 1, MaximumPage),
            PageSize = query.Number("pageSize", 50, 1, RemediationQuery.MaximumPageSize),
        };
        return query.Check() is { } invalid
            ? invalid.ToProblem()
            : TypedResults.Ok(await remediations.ListAsync(wanted, cancellationToken));
    }

    private static async Task<Results<Ok<RemediationJson>, ProblemHttpResult>> GetAsync(string id, RemediationService remediations, CancellationToken cancellationToken) =>
        await remediations.GetAsync(id, cancellationToken) is { } detail
            ? TypedResults.Ok(RemediationJson.From(detail))
            : new Features.NotFound($"There is no repair {id}.").ToProblem();

    private static async Task<Results<Accepted<RemediationJson>, ProblemHttpResult>> UndoAsync(string id, HttpRequest request, RemediationService remediations, CancellationToken cancellationToken)
    {
        var read = await StrictBody.ReadAsync(request, isOptional: true, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure.ToProblem();
        }

        var purpose = ReadPurpose(read.Value);
        return read.Value.Check() is { } invalid
            ? invalid.ToProblem()
            : await AcceptAsync(await remediations.UndoAsync(id, purpose, cancellationToken), remediations, cancellationToken);
    }

    private static async Task<Results<Accepted<RemediationJson>, ProblemHttpResult>> CancelAsync(string id, HttpRequest request, RemediationService remediations, CancellationToken cancellationToken) =>
        await AcceptAsync(await remediations.CancelAsync(id, cancellationToken), remediations, cancellationToken);

    private static async Task<Results<Accepted<RemediationJson>, ProblemHttpResult>> AcceptAsync(Outcome<RemediationRun> outcome, RemediationService remediations, CancellationToken cancellationToken)
    {
        if (!outcome.IsSuccess)
        {
            return outcome.Failure.ToProblem();
        }

        return await remediations.GetAsync(outcome.Value.Id, cancellationToken) is { } detail
            ? TypedResults.Accepted(new Uri($"{ApiRegistration.Root}/remediations/{Uri.EscapeDataString(detail.Run.Id)}", UriKind.Relative), RemediationJson.From(detail))
            : new Features.NotFound($"The server of repair {outcome.Value.Id} was removed at once.").ToProblem();
    }

    private static Purpose ReadPurpose(StrictBody body) => new(body.Text("reason", Purpose.MaximumReasonLength), body.Text("ticket", Purpose.MaximumTicketLength));

    private static (string Playbook, string? Baseline) ReadPlaybook(StrictBody body) => (
        body.Text("playbook", MaximumIdLength, isRequired: true, allowed: [.. PlaybookCatalog.All.Select(playbook => playbook.Id)]) ?? "",
        body.Text("baseline", MaximumIdLength, allowed: [.. BaselineCatalog.All.Select(baseline => baseline.Id)]));
}
