using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.FirstDay;

/// <summary>The agent's package in the API.</summary>
internal static class AgentPackageEndpoints
{
    public static IServiceCollection AddFirstDay(this IServiceCollection services) => services.AddSingleton<AgentPackages>();

    public static void MapAgentPackage(this IEndpointRouteBuilder api)
    {
        var package = api.MapGroup("/agent-package").WithTags("Servers");
        package.MapGet("/", GetAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("The agent's newest release in this dashboard's package folder, with its SHA-256.");
        package.MapGet("/file", DownloadAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("The release itself, a zip. Compare its SHA-256 before you install it.");
    }

    private static async Task<Results<Ok<AgentPackageJson>, ProblemHttpResult>> GetAsync(AgentPackages packages, CancellationToken cancellationToken)
    {
        var found = await packages.FindAsync(cancellationToken);
        return found.IsSuccess ? TypedResults.Ok(new AgentPackageJson(found.Value.FileName, found.Value.Bytes, found.Value.Sha256, found.Value.MadeAt)) : found.Failure.ToProblem();
    }

    private static async Task<Results<PhysicalFileHttpResult, ProblemHttpResult>> DownloadAsync(AgentPackages packages, CancellationToken cancellationToken)
    {
        var found = await packages.FindAsync(cancellationToken);
        return found.IsSuccess
            ? TypedResults.PhysicalFile(found.Value.Path, "application/zip", found.Value.FileName, found.Value.MadeAt, enableRangeProcessing: true)
            : found.Failure.ToProblem();
    }
}

/// <summary>The agent's release that this dashboard hands out.</summary>
/// <param name="FileName">Of the zip.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of the zip, 64 hexadecimal digits.</param>
/// <param name="MadeAt">UTC time of its last change.</param>
public sealed record AgentPackageJson(string FileName, long Bytes, string Sha256, DateTimeOffset MadeAt);
