using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Security.Auditing;

namespace WsusDashboard.Dashboard.Security;

/// <summary>Who may do what.</summary>
internal static class SecurityRegistration
{
    public static IServiceCollection AddSecurity(this IServiceCollection services)
    {
        services.AddScoped(_ =>
        {
            var caller = new Caller(_ => Access.Dashboard);
            caller.Become(CallerIdentity.Dashboard);
            return caller;
        });
        services.AddScoped<VisibleServers>();
        services.AddScoped<PermittedServers>();
        services.AddScoped(provider => new AuditTrail(provider.GetRequiredService<AuditLog>(), provider.GetRequiredService<Caller>()));
        return services;
    }
}
