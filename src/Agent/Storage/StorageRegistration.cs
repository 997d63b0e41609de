namespace WsusDashboard.Agent.Storage;

/// <summary>Registers the agent's SQLite file.</summary>
internal static class StorageRegistration
{
    public static void AddStorage(this IServiceCollection services)
    {
        services.AddSingleton<AgentStore>();
    }
}
