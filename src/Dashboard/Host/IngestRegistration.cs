using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Agents.Following;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Agents.Outside;
using WsusDashboard.Dashboard.Agents.Trust;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Ingest.Replication;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Web;
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
        services.AddSingleton<StrangerAgents>();
        services.AddSingleton<AgentAdmission>();
        services.AddSingleton<OutboundReception>();
        services.AddSingleton<HubMembership>();
        services.AddSingleton(provider => new DatabaseAdmission(provider.GetRequiredService<HubMembership>().CheckAsync));
        services.AddSingleton(provider => new DashboardInstance(
            $"{Environment.MachineName}-{Environment.ProcessId}",
            () => AddressOf(provider),
            provider.GetRequiredService<DatabaseProvider>().IsPostgreSql ? DashboardInstance.ReadNode(provider.GetRequiredService<DashboardOptions>().DataDirectory) : null));
        services.AddSingleton<IOwnership>(provider => provider.GetRequiredService<DatabaseProvider>().IsPostgreSql ? ActivatorUtilities.CreateInstance<SharedOwnership>(provider) : SoleOwnership.Instance);
        services.AddSingleton<PartitionOwners>();
        services.AddHosted<Announcements>();
        services.AddHosted<HubKeyFollower>();
        services.AddSingleton<KeyRotation>();
        services.AddSingleton<PairingClient>();
        services.AddSingleton<ContractBorder>();
        services.AddSingleton<AgentQuarantines>();
        services.AddSingleton<AgentConnections>();
        services.AddSingleton<AgentReaches>();
        services.AddScoped<AgentCommands>();
        services.AddSingleton<ConnectionTester>();
        services.AddSingleton<TrustedConnections>();
        services.AddSingleton<AgentLinks>();
        services.AddSingleton<FleetLoader>();
        services.AddSingleton<ServerWatcher>();
        services.AddSingleton<ServerTrusts>();
        services.AddSingleton<AgentProbe>();
        services.AddSingleton<ProblemFeed>();
        services.AddSingleton<Assignees>();
        services.AddSingleton<AcceptedFindingsCache>();
        services.AddHostedService(provider => provider.GetRequiredService<AcceptedFindingsCache>());
        services.AddSingleton<ProblemBoards>();
        services.AddScoped<VisibleProblems>();
        services.AddSingleton(provider => new EndpointProbe(provider.GetRequiredService<TimeProvider>(), "WsusDashboard"));
        services.AddHosted<HistoryWriter>();
        services.AddHosted<ServerDescriptionReader>();
        services.AddHosted<ProblemTriages>();
        services.AddHosted<ProblemTracker>();
        services.AddHosted<TriageExpiry>();
        services.AddHosted<FleetIngest>();
        services.AddHosted<SampleWriter>();
        services.AddHosted<LastContactWriter>();
        services.AddHosted<LiveRowWriter>();
        services.AddHosted<FleetFollower>();
        services.AddHosted<FleetStartup>();
        services.AddHosted<ServerFollower>();
        services.AddHosted<HubAddresses>();
        services.AddHosted<AddressAnnouncer>();
        services.AddHosted<OutsideProber>();
        return services.AddJob<StaleServerJob>();
    }

    /// <summary>Empty before it listens. Behind a balancer the address that people use is the same for all: there its own is told.</summary>
    private static string AddressOf(IServiceProvider provider) =>
        provider.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is not { } bound ? ""
        : provider.GetRequiredService<DashboardOptions>().PublicAddress.Length == 0 ? provider.GetRequiredService<OwnAddress>().For(bound)
        : bound.Replace("//0.0.0.0:", $"//{Environment.MachineName}:", StringComparison.Ordinal).Replace("//[::]:", $"//{Environment.MachineName}:", StringComparison.Ordinal);

    private static void AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
