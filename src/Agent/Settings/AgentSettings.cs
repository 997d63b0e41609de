using WsusDashboard.Shared.Settings;

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

    /// <summary>Later sources win: defaults, agent.json beside the program, environment (WSUSDASHBOARD_Agent__Port, and OpenTelemetry's own), command line, the caller.</summary>
    public static void AddAgentSettings(this IConfigurationBuilder configuration, string[] arguments, IReadOnlyDictionary<string, string?>? settings)
    {
        configuration.AddInMemoryCollection(Defaults);
        configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "agent.json"), optional: true);
        configuration.AddInMemoryCollection(new ConfigurationBuilder().AddEnvironmentVariables().Build().AsEnumerable().Where(variable => variable.Key.StartsWith("OTEL_", StringComparison.Ordinal)));
        configuration.AddEnvironmentVariables("WSUSDASHBOARD_");
        configuration.AddCommandLine(arguments);
        configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
    }

    /// <summary>The agent's options, for a command that runs without the agent.</summary>
    /// <inheritdoc cref="ReadAgentOptions" path="/exception"/>
    public static AgentOptions Read(string[] arguments, IReadOnlyDictionary<string, string?>? settings = null)
    {
        using var configuration = new ConfigurationManager();
        configuration.AddAgentSettings(arguments, settings);
        return configuration.ReadAgentOptions();
    }

    /// <summary>The options, with the defaults that depend on the computer filled in.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">One mistake or more.</exception>
    public static AgentOptions ReadAgentOptions(this IConfiguration configuration, Action<AgentOptions>? configure = null)
    {
        var options = OptionsReader.Read(configuration, AgentOptions.SectionName, configure);
        if (options.DataDirectory.Length == 0)
        {
            var root = OperatingSystem.IsWindows() ? Environment.SpecialFolder.CommonApplicationData : Environment.SpecialFolder.LocalApplicationData;
            options.DataDirectory = Path.Combine(Environment.GetFolderPath(root, Environment.SpecialFolderOption.DoNotVerify), "WsusDashboard", "Agent");
        }

        options.DataDirectory = Path.GetFullPath(options.DataDirectory);
        options.ComputerName = options.ComputerName.Length == 0 ? Environment.MachineName : options.ComputerName;
        return options;
    }
}
