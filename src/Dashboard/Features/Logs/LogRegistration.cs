namespace WsusDashboard.Dashboard.Features.Logs;

/// <summary>Log files of the servers.</summary>
internal static class LogRegistration
{
    public static IServiceCollection AddLogs(this IServiceCollection services) => services.AddSingleton<SharedLogs>().AddScoped<LogService>();
}
