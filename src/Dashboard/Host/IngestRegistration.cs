using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Agents.Outside;
using WsusDashboard.Dashboard.Agents.Trust;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract.Border;
using WsusDashboard.Shared.Probing;

namespace WsusDashboard.Dashboard.Host;

/// <summary>Links, live state and history. Hosted services stop in the opposite order: links first, then the assessment, the writer last.</summary>
internal static class IngestRegistration
{
    public static IServiceCollection AddIngest(this IServiceCollection services)
    {
        services.AddSingleton(provider => new Backoff(TimeSpan.FromSeconds(provider.GetRequiredService<DashboardOptions>().Agents.MaximumRetrySeconds)));
        services.AddSingleton(provider => LinkTiming.From(provider.GetRequiredService<DashboardOptions>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Backoff>()));
        services.AddSingleton<LiveFleet>();
        services.AddHostedService<FleetMetrics>();
        services.AddSingleton<HubIdentity>();
        services.AddSingleton<OutboundAgents>();
        services.AddSingleton<OutboundReception>();
        services.AddSingleton<KeyRotation>();
        services.AddSingleton<PairingClient>();
        services.AddSingleton<ContractBorder>();
        services.AddSingleton<AgentQuarantines>();
        services.AddSingleton<AgentConnections>();
        services.AddScoped<AgentCommands>();
        services.AddSingleton<ConnectionTester>();
        services.AddSingleton<TrustedConnections>();
        services.AddSingleton<AgentLinks>();
        services.AddSingleton<ServerWatcher>();
        services.AddSingleton<ServerTrusts>();
        services.AddSingleton<AgentProbe>();
        services.AddSingleton<ProblemFeed>();
        services.AddScoped<VisibleProblems>();
        services.AddSingleton(provider => new EndpointProbe(provider.GetRequiredService<TimeProvider>(), "WsusDashboard"));
        services.AddHosted<HistoryWriter>();
        services.AddHosted<ProblemTracker>();
        services.AddHosted<FleetIngest>();
        services.AddHosted<SampleWriter>();
        services.AddHosted<LastContactWriter>();
        services.AddHosted<FleetStartup>();
        services.AddHosted<OutsideProber>();
        return services.AddJob<StaleServerJob>();
    }

    private static void AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
