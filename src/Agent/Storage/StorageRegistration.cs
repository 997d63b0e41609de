namespace WsusDashboard.Agent.Storage;

/// <summary>Registers the agent's SQLite file, and its hold on the data folder.</summary>
internal static class StorageRegistration
{
    public static void AddStorage(this IServiceCollection services)
    {
        services.AddSingleton(provider => DataFolderLock.Take(provider.GetRequiredService<AgentOptions>().DataDirectory));
        services.AddSingleton<AgentStore>();
    }
}
