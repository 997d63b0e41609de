namespace WsusDashboard.Dashboard.Jobs;

/// <summary>How a feature adds its job.</summary>
internal static class JobServices
{
    /// <summary>Has a job run by its schedule, and shown on the page of jobs.</summary>
    public static IServiceCollection AddJob<T>(this IServiceCollection services)
        where T : class, IJob
    {
        services.AddSingleton<T>();
        return services.AddSingleton<IJob>(provider => provider.GetRequiredService<T>());
    }
}
