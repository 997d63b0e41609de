using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Servers in the API.</summary>
internal static class ServerEndpoints
{
    public static IServiceCollection AddServers(this IServiceCollection services) => services.AddScoped<ServerService>().AddScoped<QuarantineService>();

    public static void MapServers(this IEndpointRouteBuilder api)
    {
        var servers = api.MapGroup("/servers").WithTags("Servers");
        servers.MapGet("/", ListAsync)
            .Needs(Permission.View)
            .WithSummary("Lists servers, filtered, sorted and paged.");
        api.MapGet("/servers.csv", ExportAsync)
            .WithTags("Servers")
            .Needs(Permission.View)
            .WithSummary("The same servers as CSV, at most 10,000.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv");
        servers.MapPost("/", AddAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Adds a server by its agent's address. With a pairing code, it's paired and watched at once; without one, it waits for POST servers/{id}/pairing.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        servers.MapGet("/unwatched", ListUnwatchedAsync)
            .Needs(Permission.View)
            .WithSummary("Lists update points that have no agent here but are known to a site or an upstream server you can see.");
        servers.MapGet("/outage", FindOutageAsync)
            .Needs(Permission.View)
            .WithSummary("Shows the outage of Microsoft Update that servers you can see are part of; 204 while none is known. It's an outage once 3 servers of 2 sites, through different proxies, fail with the same error within an hour and none succeeds.");
        servers.MapGet("/{id:int}", GetAsync)
            .Needs(Permission.View)
            .WithSummary("Shows one server with its findings, their evidence, its settings and services.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        servers.MapPatch("/{id:int}", ChangeAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Changes a server's name, address, site or baseline; what is absent stays. Send the ETag of GET servers/{id} as If-Match to change only what you saw.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        servers.MapDelete("/{id:int}", RemoveAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Stops watching a server and deletes its history here. Nothing changes on the server.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        servers.MapDelete("/{id:int}/quarantine", ReleaseAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Ends the quarantine of an agent that broke the contract. A server in quarantine has the condition \"quarantined\"; its link says why and since when. Otherwise it ends 15 minutes after the last breach.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<Paged<ServerJson>>> ListAsync([AsParameters] FleetInput input, [AsParameters] PageInput page, VisibleServers servers, CancellationToken cancellationToken)
    {
        var found = (input.ToQuery() with { Page = page.Page, PageSize = page.PageSize }).TakePage(await servers.LoadAsync(cancellationToken));
        return TypedResults.Ok(new Paged<ServerJson>([.. found.Items.Select(ServerJson.From)], found.Total, found.Page, found.PageSize).AskedFor(page.Page));
    }

    private static async Task<PushStreamHttpResult> ExportAsync([AsParameters] FleetInput input, VisibleServers servers, CancellationToken cancellationToken) =>
        FleetCsv.Of(input.ToQuery().Match(await servers.LoadAsync(cancellationToken)).Take(FleetCsv.MaximumRows)).ToResult();

    private static async Task<Ok<UnwatchedJson>> ListUnwatchedAsync([AsParameters] PageInput page, VisibleServers servers, CancellationToken cancellationToken)
    {
        await servers.WhenLoadedAsync(cancellationToken);
        var found = servers.FindUnwatched();
        return TypedResults.Ok(new UnwatchedJson(found.Known, new([.. found.Servers.Skip((page.Page - 1) * page.PageSize).Take(page.PageSize)], found.Servers.Count, page.Page, page.PageSize)));
    }

    private static async Task<Results<Ok<VisibleOutage>, NoContent>> FindOutageAsync(VisibleServers servers, CancellationToken cancellationToken)
    {
        await servers.WhenLoadedAsync(cancellationToken);
        return servers.FindOutage() is { } outage ? TypedResults.Ok(outage) : TypedResults.NoContent();
    }

    private static async Task<Results<Created<ServerDetailJson>, ProblemHttpResult>> AddAsync(AddServerJson body, ServerService servers, PairingService pairing, CancellationToken cancellationToken)
    {
        var input = new ServerInput { Name = body.Name, Address = body.Address, Site = body.Site, Baseline = body.Baseline };

        // Without a code it waits, unwatched, for its pairing.
        var added = body.PairingCode is null ? await servers.AddAsync(input, cancellationToken) : await pairing.AddAsync(input, body.PairingCode, cancellationToken);
        if (!added.IsSuccess)
        {
            return added.Failure.ToProblem();
        }

        var detail = await servers.GetAsync(added.Value.Id, cancellationToken);
        return detail is null
            ? new Kernel.NotFound($"Server {added.Value.Id} was just removed.").ToProblem()
            : TypedResults.Created(new Uri($"{ApiPaths.Root}/servers/{detail.Facts.Id}", UriKind.Relative), ServerDetailJson.From(detail));
    }

    private static async Task<Results<Ok<ServerDetailJson>, ProblemHttpResult>> GetAsync(int id, ServerService servers, HttpContext http, CancellationToken cancellationToken)
    {
        if (await servers.GetAsync(id, cancellationToken) is not { } detail)
        {
            return new Kernel.NotFound($"There is no server {id}.").ToProblem();
        }

        http.Response.Headers.ETag = $"\"{detail.Facts.Revision}\"";
        return TypedResults.Ok(ServerDetailJson.From(detail));
    }

    private static async Task<Results<Ok<ServerDetailJson>, ProblemHttpResult>> ChangeAsync(int id, ChangeServerJson body, ServerService servers, HttpContext http, CancellationToken cancellationToken)
    {
        var seen = http.Request.GetTypedHeaders().IfMatch is { Count: > 0 } tags ? tags[0].Tag.ToString().Trim('"') : null;
        var changed = await servers.ChangeAsync(id, new() { Name = body.Name, Address = body.Address, Site = body.Site, Baseline = body.Baseline }, seen, cancellationToken);
        return changed.IsSuccess ? await GetAsync(id, servers, http, cancellationToken) : changed.Failure.ToProblem();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ReleaseAsync(int id, QuarantineService quarantine)
    {
        var released = await quarantine.ReleaseAsync(id);
        return released.IsSuccess ? TypedResults.NoContent() : released.Failure.ToProblem();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(int id, ServerService servers, CancellationToken cancellationToken)
    {
        var removed = await servers.RemoveAsync(id, cancellationToken);
        return removed.IsSuccess ? TypedResults.NoContent() : removed.Failure.ToProblem();
    }
}

/// <summary>Update points without an agent.</summary>
/// <param name="Known">All update points that are known: those without an agent, and those that you can see.</param>
/// <param name="Servers">Those without an agent, by name.</param>
public sealed record UnwatchedJson(int Known, Paged<UnwatchedServer> Servers);

/// <summary>Which servers, and in which order.</summary>
public sealed record FleetInput
{
    /// <summary>Part of the name, the site, the computer name or the address.</summary>
    [AtMost(FleetQuery.MaximumSearchLength)]
    public string? Search { get; init; }

    /// <summary>Without servers that are being repaired: ask for these by condition.</summary>
    public Health? Health { get; init; }

    /// <summary>What is going on with them, whatever their health.</summary>
    public ServerCondition? Condition { get; init; }

    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    /// <summary>True: only servers that differ from their baseline; false: only those that don't.</summary>
    public bool? Drifted { get; init; }

    /// <summary>Id of the leading finding.</summary>
    [AtMost(FleetQuery.MaximumSearchLength)]
    public string? Cause { get; init; }

    /// <summary>Only servers with this tag; not case-sensitive.</summary>
    [AtMost(FleetQuery.MaximumSearchLength)]
    public string? Tag { get; init; }

    /// <summary>Only servers of the owner of this name; not case-sensitive.</summary>
    [AtMost(FleetQuery.MaximumSearchLength)]
    public string? Owner { get; init; }

    /// <summary>Absent: by health, the worst first.</summary>
    public FleetSort? Sort { get; init; }

    public bool? Descending { get; init; }

    public FleetQuery ToQuery() => new()
    {
        Search = Search,
        Health = Health,
        Condition = Condition,
        Site = Site,
        Drifted = Drifted,
        Cause = Cause,
        Tag = Tag,
        Owner = Owner,
        Sort = Sort ?? FleetSort.Health,
        Descending = Descending ?? Sort is null or FleetSort.Health,
    };
}
