using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Dashboard.Features.Metrics;

/// <summary>/metrics, for Prometheus and whatever else reads its format: with an API token of the role Viewer, or with the token that can read metrics and nothing else.</summary>
internal static class MetricsEndpoints
{
    public static IServiceCollection AddFleetMetrics(this IServiceCollection services) => services.AddSingleton<SyncCounters>().AddScoped<MetricsService>();

    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes
        .MapGet(Links.Metrics, (MetricsService metrics) => TypedResults.Text(metrics.Write(), PrometheusText.ContentType))
        .Needs(Permission.ReadMetrics)
        .RequireRateLimiting(RateLimits.Api)
        .ExcludeFromDescription();
}
