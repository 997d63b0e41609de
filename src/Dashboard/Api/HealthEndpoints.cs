using Microsoft.Extensions.Diagnostics.HealthChecks;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Api;

/// <summary>
/// /health/live: the process answers. /health/ready: the database was opened and the links have begun; trouble of the database later is "degraded". A probe
/// needs no sign-in and gets the status alone; what is wrong, with paths and names, is for callers who are signed in.
/// </summary>
internal static class HealthEndpoints
{
    private const string ReadyTag = "ready";

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<StorageCheck>("database", tags: [ReadyTag]).AddCheck<FleetCheck>("fleet", tags: [ReadyTag]);
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new() { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowAnonymous();
        routes.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains(ReadyTag), ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.RequestServices.GetRequiredService<Caller>().Access.IsSignedIn
        ? context.Response.WriteAsJsonAsync(new
        {
            report.Status,
            Checks = report.Entries.Select(entry => new { Name = entry.Key, entry.Value.Status, entry.Value.Description }),
        })
        : context.Response.WriteAsJsonAsync(new { report.Status });

    private sealed class StorageCheck(DatabaseInitializer database, StorageHealth health) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var report = health.Current;
            return Task.FromResult(!database.IsOpen ? HealthCheckResult.Unhealthy(report.Message.Length > 0 ? report.Message : "The database is being opened.")
                : report.Problem == StorageProblem.None ? HealthCheckResult.Healthy("The database is open.")
                : HealthCheckResult.Degraded(report.Message));
        }
    }

    private sealed class FleetCheck(FleetStartup loading) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(loading.IsLoaded ? HealthCheckResult.Healthy("The servers are being watched.") : HealthCheckResult.Unhealthy("The servers are being loaded."));
    }
}
