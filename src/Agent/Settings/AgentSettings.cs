namespace WsusDashboard.Agent.Settings;

/// <summary>Where an agent's settings come from.</summary>
internal static class AgentSettings
{
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Grpc"] = "Warning",
    };

    /// <summary>Later sources win: defaults, agent.json beside the program, environment (WSUSDASHBOARD_Agent__Port), command line, the caller.</summary>
    public static void AddAgentSettings(this IConfigurationBuilder configuration, string[] arguments, IReadOnlyDictionary<string, string?>? settings)
    {
        configuration.AddInMemoryCollection(Defaults);
        configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "agent.json"), optional: true);
        configuration.AddEnvironmentVariables("WSUSDASHBOARD_");
        configuration.AddCommandLine(arguments);
        configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
    }
}
