using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Dashboards;

/// <summary>The dashboards of the database in the API.</summary>
internal static class ClusterEndpoints
{
    public static IServiceCollection AddDashboards(this IServiceCollection services) => services.AddSingleton<ClusterReader>().AddScoped<ClusterService>();

    public static void MapCluster(this IEndpointRouteBuilder api)
    {
        var cluster = api.MapGroup("/cluster").WithTags("Dashboards");
        cluster.MapGet("/", ReadAsync)
            .Needs(Permission.ManageDashboard)
            .WithSummary("The dashboards that share this PostgreSQL database: which part of the fleet each owns, and how far the answering one is behind. With SQLite there is one, and isShared is false.");
        cluster.MapPost("/dashboards/{id}/drain", DrainAsync)
            .Needs(Permission.ManageDashboard)
            .WithSummary("Drains a dashboard: it hands its servers to the others within seconds and takes none, also after a restart, until the draining is ended. It goes on serving pages; its /health/ready answers 503.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        cluster.MapDelete("/dashboards/{id}/drain", EndDrainAsync)
            .Needs(Permission.ManageDashboard)
            .WithSummary("Ends the draining of a dashboard: it takes its share of the servers again.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<ClusterStatus>, ProblemHttpResult>> ReadAsync(ClusterService service, CancellationToken cancellationToken)
    {
        var status = await service.ReadAsync(cancellationToken);
        return status.IsSuccess ? TypedResults.Ok(status.Value) : status.Failure.ToProblem();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DrainAsync(string id, ClusterService service, CancellationToken cancellationToken)
    {
        var drained = await service.DrainAsync(id, cancellationToken);
        return drained.IsSuccess ? TypedResults.NoContent() : drained.Failure.ToProblem();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndDrainAsync(string id, ClusterService service, CancellationToken cancellationToken)
    {
        var ended = await service.EndDrainAsync(id, cancellationToken);
        return ended.IsSuccess ? TypedResults.NoContent() : ended.Failure.ToProblem();
    }
}
