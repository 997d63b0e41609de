using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Probing;

namespace WsusDashboard.Agent.Client;

/// <summary>Registers the section "client".</summary>
internal static class ClientRegistration
{
    public static void AddClient(this IServiceCollection services)
    {
        services.AddSingleton(provider => new EndpointProbe(provider.GetRequiredService<TimeProvider>(), "WsusDashboard-Agent", provider.GetRequiredService<AgentEdges>().TrustedRoots));
        services.AddSingleton<ClientProbe>();
        services.AddSingleton<ICollector, ClientCollector>();
    }
}
