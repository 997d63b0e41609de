using WsusDashboard.Dashboard.Jobs;

namespace WsusDashboard.Dashboard.Features.BatchRepairs;

/// <summary>Repairs of several servers.</summary>
internal static class BatchRepairsRegistration
{
    public static IServiceCollection AddBatchRepairs(this IServiceCollection services)
    {
        services.AddSingleton<BatchRepairStore>();
        services.AddJob<BatchRepairJob>();
        services.AddHostedService(provider => provider.GetRequiredService<BatchRepairJob>());
        services.AddScoped<BatchRepairService>();
        return services;
    }
}
