namespace WsusDashboard.Agent.Evidence;

/// <summary>Registers what gathers evidence about a synchronization that failed.</summary>
internal static class EvidenceRegistration
{
    public static void AddEvidence(this IServiceCollection services)
    {
        services.AddSingleton<LogLocator>();
        services.AddSingleton<EvidenceGatherer>();
        services.AddHostedService(provider => provider.GetRequiredService<EvidenceGatherer>());
    }
}
