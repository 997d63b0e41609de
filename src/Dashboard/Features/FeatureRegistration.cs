using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Agents.Trust;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.Account;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Features.Causes;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Logs;
using WsusDashboard.Dashboard.Features.People;
using WsusDashboard.Dashboard.Features.Remediation;
using WsusDashboard.Dashboard.Features.Remediation.Several;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Features.ServiceControl;
using WsusDashboard.Dashboard.Features.SignIn;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Features.Trust;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Data;
using WsusDashboard.Dashboard.Security.SignIn;

namespace WsusDashboard.Dashboard.Features;

/// <summary>The services of the features. Their constructors are internal where they take internal parts, so they are named here.</summary>
internal static class FeatureRegistration
{
    public static IServiceCollection AddFeatures(this IServiceCollection services)
    {
        services.AddScoped<FleetService>();
        services.AddScoped<SyncHistoryService>();
        services.AddScoped<RunExplanationService>();
        services.AddSingleton<MonthSummaries>();
        services.AddHostedService<MonthWarmer>();
        services.AddScoped<HistoryQueries>();
        services.AddScoped<TimelineQueries>();
        services.AddScoped<ChangeQueries>();
        services.AddScoped<PatchTuesdayQueries>();
        services.AddScoped<RepairEffectQueries>();
        services.AddScoped(provider => new ServerService(
            provider.GetRequiredService<IDbContextFactory<DashboardContext>>(),
            provider.GetRequiredService<ServerWatch>(),
            provider.GetRequiredService<ConnectionTester>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<StorageHealth>(),
            provider.GetRequiredService<DashboardOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<EnrolmentNotes>();
        services.AddScoped<EnrolmentDesk>();
        services.AddScoped(provider => new EnrolmentService(
            provider.GetRequiredService<IDbContextFactory<DashboardContext>>(),
            provider.GetRequiredService<HubIdentity>(),
            provider.GetRequiredService<EnrolmentDesk>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddScoped(provider => new PairingService(
            provider.GetRequiredService<IDbContextFactory<DashboardContext>>(),
            provider.GetRequiredService<ServerService>(),
            provider.GetRequiredService<PairingClient>(),
            provider.GetRequiredService<ServerTrusts>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddScoped(provider => new RemediationService(
            provider.GetRequiredService<IDbContextFactory<DashboardContext>>(),
            provider.GetRequiredService<AgentCommands>(),
            provider.GetRequiredService<FleetIngest>(),
            provider.GetRequiredService<VisibleServers>(),
            provider.GetRequiredService<PermittedServers>(),
            provider.GetRequiredService<AuditTrail>()));
        services.AddSingleton<RepairBatches>();
        services.AddScoped(provider => new SeveralRepairsService(
            provider.GetRequiredService<RepairBatches>(),
            provider.GetRequiredService<FleetIngest>(),
            provider.GetRequiredService<Confirmations>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<DashboardOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddScoped(provider => new LogService(provider.GetRequiredService<AgentCommands>()));
        services.AddScoped(provider => new ServiceControlService(
            provider.GetRequiredService<AgentCommands>(),
            provider.GetRequiredService<VisibleServers>(),
            provider.GetRequiredService<AuditTrail>()));
        services.AddScoped(provider => new PeopleService(
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<AccessBook>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<DashboardOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddScoped(provider => new AccountService(
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<AccessBook>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddScoped(provider => new ConfirmationService(
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<Confirmations>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<DashboardOptions>()));
        services.AddHostedService<RepairEnds>();
        services.AddScoped(provider => new AuditService(
            provider.GetRequiredService<IDbContextFactory<SecurityContext>>(),
            provider.GetRequiredService<AuditVerification>(),
            provider.GetRequiredService<AuditTrail>()));
        services.AddScoped(provider => new Onboarding(
            provider.GetRequiredService<UserManager<Person>>(),
            provider.GetRequiredService<SignInManager<Person>>(),
            provider.GetRequiredService<OneTimeLinks>(),
            provider.GetRequiredService<AccessBook>(),
            provider.GetRequiredService<AuditLog>(),
            provider.GetRequiredService<SecurityContext>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
