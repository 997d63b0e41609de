using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Api;

/// <summary>
/// /health/live: the process answers. /health/ready: the database was opened, the links have begun, and this dashboard owns its share of the fleet; trouble of the database later is "degraded". One that is
/// drained isn't ready (503), although it serves pages: by that alone do balancers stop sending new people. A probe needs no sign-in and gets the status alone; what is wrong, with paths and names, is for callers who are signed in.
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

    private sealed class FleetCheck(FleetStartup loading, IOwnership ownership) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            if (!loading.IsLoaded)
            {
                return Task.FromResult(HealthCheckResult.Unhealthy("The servers are being loaded."));
            }

            if (!ownership.IsShared)
            {
                return Task.FromResult(HealthCheckResult.Healthy("The servers are being watched."));
            }

            var (owned, view) = (ownership.Owned.Count, ownership.View);
            var share = string.Create(CultureInfo.InvariantCulture, $"It owns {owned} of {Partitions.Count} partitions and should own at most {view.Share} with {view.Sharers} dashboards; {view.Free} have no owner.");
            return Task.FromResult(!ownership.IsConfirmed ? HealthCheckResult.Unhealthy($"This dashboard has lost its connection to the database it shares: it writes and commands nothing. {share}")
                : view.IsDrained ? HealthCheckResult.Unhealthy($"It's drained: whoever is here may stay, and new people belong on another dashboard. {share}")
                : view.Free > 0 || owned > view.Share ? HealthCheckResult.Degraded(share)
                : HealthCheckResult.Healthy(share));
        }
    }
}
