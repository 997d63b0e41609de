namespace WsusDashboard.Agent.Windows;

/// <summary>Registers what reaches the server.</summary>
internal static class EdgeRegistration
{
    public static void AddEdges(this IServiceCollection services, AgentEdges edges)
    {
        services.AddSingleton(edges);
        services.AddSingleton(edges.Services);
        services.AddSingleton(edges.Wmi);
        services.AddSingleton(edges.EventLog);
        services.AddSingleton(edges.EventLogWriter);
        services.AddSingleton(edges.Registry);
        services.AddSingleton(edges.Processes);
        services.AddSingleton(edges.Libraries);
        services.AddSingleton(edges.Susdb);
    }
}
