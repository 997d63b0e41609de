using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Baselines;

/// <summary>Baselines in the API.</summary>
internal static class BaselineEndpoints
{
    public const int MaximumIdLength = 100;

    public static void MapBaselines(this IEndpointRouteBuilder api)
    {
        var baselines = api.MapGroup("/baselines").WithTags("Baselines").Needs(Permission.View);
        baselines.MapGet("/", () => TypedResults.Ok(BaselineCatalog.All))
            .WithSummary("Every baseline with its settings, who recommends them and why.");
        baselines.MapGet("/{id}", Results<Ok<Baseline>, ProblemHttpResult> ([AtMost(MaximumIdLength)] string id) => BaselineCatalog.Find(id) is { } baseline ? TypedResults.Ok(baseline) : new Kernel.NotFound($"There is no baseline {PlainText.Cut(PlainText.Replace(id), MaximumIdLength)}.").ToProblem())
            .WithSummary("One baseline.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }
}
