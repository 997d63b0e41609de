using System.ComponentModel.DataAnnotations;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Demo;

/// <summary>What the demo runs; the options of the command line.</summary>
public sealed record DemoOptions
{
    public const int DefaultPort = 5080;
    public const int DefaultAgentPort = 5101;
    public const int DefaultHubPort = 5443;
    internal const int MaximumPort = 65_535;

    /// <summary>Number of simulated servers.</summary>
    [Range(1, ScenarioCatalog.MaximumServers)]
    public int Servers { get; init; } = EstateOptions.DefaultServers;

    /// <summary>TCP port of the dashboard; 0 = a free one.</summary>
    [Range(0, MaximumPort)]
    public int Port { get; init; } = DefaultPort;

    /// <summary>TCP port of the first agent, the others follow; 0 = each takes a free one.</summary>
    [Range(0, MaximumPort)]
    public int AgentPort { get; init; } = DefaultAgentPort;

    /// <summary>TCP port of the dashboard where every second agent connects itself; 0 = a free one, null = 5443, or a free one where the dashboard's own is.</summary>
    [Range(0, MaximumPort)]
    public int? HubPort { get; init; }

    /// <summary>Folder of the estate and of the dashboard's database.</summary>
    public string DataDirectory { get; init; } = DefaultDataDirectory;

    /// <summary>Divides simulated durations; 10 = ten times as fast.</summary>
    [Range(EstateOptions.MinimumSpeed, EstateOptions.MaximumSpeed)]
    public double Speed { get; init; } = 1;

    /// <summary>Null: the seed of the folder, else 1.</summary>
    public int? Seed { get; init; }

    /// <summary>Days of the past that servers get at their first start.</summary>
    [Range(ServerProfile.DefaultHistoryDays, EstateOptions.MaximumHistoryDays)]
    public int HistoryDays { get; init; } = ServerProfile.DefaultHistoryDays;

    /// <summary>Begin again with an empty folder.</summary>
    public bool Reset { get; init; }

    /// <summary>An API token that the dashboard takes, for scripts; at least 32 characters. Null: one is made at random.</summary>
    public string? ApiToken { get; init; }

    /// <summary>No dashboard: it runs elsewhere, or in a process of its own.</summary>
    public bool AgentsOnly { get; init; }

    /// <summary>Microsoft Update answers nobody while the demo runs.</summary>
    public bool Outage { get; init; }

    public static string DefaultDataDirectory =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "WsusDashboard", "Simulator");
}
