using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;

namespace WsusDashboard.Dashboard.Features.BatchRepairs;

/// <summary>Repairs of several servers.</summary>
internal static class BatchRepairsRegistration
{
    public static IServiceCollection AddBatchRepairs(this IServiceCollection services)
    {
        services.AddSingleton<BatchRepairStore>();
        services.AddJob<BatchRepairJob>();
        services.AddHostedService(provider => provider.GetRequiredService<BatchRepairJob>());
        services.AddScoped(provider => new BatchRepairService(
            provider.GetRequiredService<BatchRepairStore>(),
            provider.GetRequiredService<BatchRepairJob>(),
            provider.GetRequiredService<AgentCommands>(),
            provider.GetRequiredService<VisibleServers>(),
            provider.GetRequiredService<Confirmations>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<DashboardOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
