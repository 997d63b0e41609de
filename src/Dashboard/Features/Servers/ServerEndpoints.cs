using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Features.Trust;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Servers in the API.</summary>
internal static class ServerEndpoints
{
    private const int MaximumPage = 1_000_000;
    private const int MaximumCodeLength = 64;

    public static void MapServers(this IEndpointRouteBuilder api)
    {
        var servers = api.MapGroup("/servers").WithTags("Servers");
        servers.MapGet("/", ListAsync)
            .Needs(Permission.View)
            .WithSummary("Servers, filtered, sorted and paged. Parameters: search (or text), health, site, drifted, cause, sort, descending, page, pageSize (1 to 200).")
            .Produces<Paged<ServerJson>>()
            .ProducesValidationProblem();
        servers.MapPost("/", AddAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Adds a server by the address of its agent. With a pairing code it is paired first and watched at once; without, it waits for POST servers/{id}/pairing.")
            .Accepts<AddServerJson>("application/json")
            .Produces<ServerDetailJson>(StatusCodes.Status201Created)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict);
        servers.MapGet("/{id:int}", GetAsync)
            .Needs(Permission.View)
            .WithSummary("One server, with the evidence of its findings, its settings and services.")
            .Produces<ServerDetailJson>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        servers.MapDelete("/{id:int}", RemoveAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Stops watching a server and deletes its history here. Nothing is changed on the server.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<Paged<ServerJson>>, ProblemHttpResult>> ListAsync(HttpRequest request, FleetService fleet, CancellationToken cancellationToken)
    {
        var query = new StrictQuery(request.Query);
        var sort = query.Word<FleetSort>("sort");
        var wanted = new FleetQuery
        {
            Search = query.Text("search", FleetQuery.MaximumSearchLength) ?? query.Text("text", FleetQuery.MaximumSearchLength),
            Health = query.Word<Health>("health"),
            Site = query.Text("site", ServerInput.MaximumSiteLength),
            Drifted = query.Flag("drifted"),
            Cause = query.Text("cause", FleetQuery.MaximumSearchLength),
            Sort = sort ?? FleetSort.Health,
            Descending = query.Flag("descending") ?? sort is null or FleetSort.Health,
            Page = query.Number("page", 1, 1, MaximumPage),
            PageSize = query.Number("pageSize", FleetQuery.DefaultPageSize, 1, FleetQuery.MaximumPageSize),
        };
        if (query.Check() is { } invalid)
        {
            return invalid.ToProblem();
        }

        var page = await fleet.GetPageAsync(wanted, cancellationToken);
        return TypedResults.Ok(new Paged<ServerJson>([.. page.Items.Select(ServerJson.From)], page.Total, page.Page, page.PageSize));
    }

    private static async Task<Results<Created<ServerDetailJson>, ProblemHttpResult>> AddAsync(HttpRequest request, ServerService servers, PairingService pairing, CancellationToken cancellationToken)
    {
        var read = await StrictBody.ReadAsync(request, isOptional: false, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure.ToProblem();
        }

        var body = read.Value;
        var input = new ServerInput
        {
            Name = body.Text("name", ServerInput.MaximumNameLength),
            Address = body.Text("address", ServerInput.MaximumAddressLength, isRequired: true),
            Site = body.Text("site", ServerInput.MaximumSiteLength),
            Baseline = body.Text("baseline", ServerInput.MaximumNameLength, allowed: [.. BaselineCatalog.All.Select(baseline => baseline.Id)]),
        };
        var pairingCode = body.Text("pairingCode", MaximumCodeLength);
        if (body.Check(ServerValidation.Check(input)) is { } invalid)
        {
            return invalid.ToProblem();
        }

        // Without a code it waits, unwatched, for its pairing.
        var added = pairingCode is null ? await servers.AddAsync(input, cancellationToken) : await pairing.AddAsync(input, pairingCode, cancellationToken);
        if (!added.IsSuccess)
        {
            return added.Failure.ToProblem();
        }

        var detail = await servers.GetAsync(added.Value.Id, cancellationToken);
        return detail is null
            ? new Features.NotFound($"Server {added.Value.Id} was removed at once.").ToProblem()
            : TypedResults.Created(new Uri($"{ApiRegistration.Root}/servers/{detail.Facts.Id}", UriKind.Relative), ServerDetailJson.From(detail));
    }

    private static async Task<Results<Ok<ServerDetailJson>, ProblemHttpResult>> GetAsync(int id, ServerService servers, CancellationToken cancellationToken) =>
        await servers.GetAsync(id, cancellationToken) is { } detail
            ? TypedResults.Ok(ServerDetailJson.From(detail))
            : new Features.NotFound($"There is no server {id}.").ToProblem();

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(int id, HttpRequest request, ServerService servers, CancellationToken cancellationToken)
    {
        var removed = await servers.RemoveAsync(id, cancellationToken);
        return removed.IsSuccess ? TypedResults.NoContent() : removed.Failure.ToProblem();
    }
}
