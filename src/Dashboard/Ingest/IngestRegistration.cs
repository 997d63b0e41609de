using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Agents.Trust;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Links, live state and history. Hosted services stop in the opposite order: links first, then the assessment, the writer last.</summary>
internal static class IngestRegistration
{
    public static IServiceCollection AddIngest(this IServiceCollection services)
    {
        services.AddSingleton(provider => new Backoff(TimeSpan.FromSeconds(provider.GetRequiredService<DashboardOptions>().MaximumRetrySeconds), Random.Shared.NextDouble));
        services.AddSingleton(provider => LinkTiming.From(provider.GetRequiredService<DashboardOptions>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Backoff>()));
        services.AddSingleton<LiveState>();
        services.AddSingleton<HubIdentity>();
        services.AddSingleton<TrustKeeper>();
        services.AddSingleton<PairingClient>();
        services.AddSingleton<AgentConnections>();
        services.AddScoped<AgentCommands>();
        services.AddSingleton<ConnectionTester>();
        services.AddSingleton<TrustedConnections>();
        services.AddSingleton<AgentLinks>();
        services.AddSingleton<ServerWatch>();
        services.AddSingleton<ServerTrusts>();
        services.AddSingleton<AgentProbe>();
        services.AddHosted<HistoryWriter>();
        services.AddHosted<FleetIngest>();
        services.AddHosted<SampleWriter>();
        services.AddHosted<ContactRecorder>();
        services.AddHosted<FleetLoading>();
        return services;
    }

    private static void AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
