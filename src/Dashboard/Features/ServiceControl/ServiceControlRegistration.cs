namespace WsusDashboard.Dashboard.Features.ServiceControl;

/// <summary>Services and pools of the servers.</summary>
internal static class ServiceControlRegistration
{
    public static IServiceCollection AddServiceControl(this IServiceCollection services) => services.AddScoped<ServiceControlService>();
}
