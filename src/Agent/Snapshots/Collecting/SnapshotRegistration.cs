namespace WsusDashboard.Agent.Snapshots.Collecting;

/// <summary>Registers the snapshot and what reads its sections.</summary>
internal static class SnapshotRegistration
{
    public static void AddSnapshots(this IServiceCollection services)
    {
        services.AddSingleton<AgentIdentity>();
        services.AddSingleton(provider => new SnapshotStore(provider.GetRequiredService<AgentIdentity>().Create(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CollectorMeasures>();
        services.AddSingleton<CollectorHost>();
        services.AddHostedService(provider => provider.GetRequiredService<CollectorHost>());
    }
}
