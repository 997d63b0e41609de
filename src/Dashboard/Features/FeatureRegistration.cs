using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Features.Logs;
using WsusDashboard.Dashboard.Features.Remediation;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Features.ServiceControl;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features;

/// <summary>The services of the features. Their constructors are internal where they take internal parts, so they are named here.</summary>
internal static class FeatureRegistration
{
    public static IServiceCollection AddFeatures(this IServiceCollection services)
    {
        services.AddSingleton<FleetService>();
        services.AddSingleton<SyncHistoryService>();
        services.AddSingleton(provider => new ServerService(
            provider.GetRequiredService<IDbContextFactory<DashboardContext>>(),
            provider.GetRequiredService<ServerWatch>(),
            provider.GetRequiredService<ConnectionTester>(),
            provider.GetRequiredService<AuditLog>(),
            provider.GetRequiredService<StorageHealth>(),
            provider.GetRequiredService<DashboardOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new RemediationService(
            provider.GetRequiredService<IDbContextFactory<DashboardContext>>(),
            provider.GetRequiredService<AgentCommands>(),
            provider.GetRequiredService<FleetIngest>(),
            provider.GetRequiredService<LiveState>(),
            provider.GetRequiredService<AuditLog>()));
        services.AddSingleton(provider => new LogService(provider.GetRequiredService<AgentCommands>()));
        services.AddSingleton(provider => new ServiceControlService(
            provider.GetRequiredService<AgentCommands>(),
            provider.GetRequiredService<FleetIngest>(),
            provider.GetRequiredService<AuditLog>()));
        return services;
    }
}
