using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Estates;

/// <summary>What an estate is made of.</summary>
public sealed record EstateOptions
{
    public const int DefaultServers = 14;
    public const int DefaultSeed = 1;
    /// <summary>More than two years of three synchronizations a day would not fit into the history that a simulated WSUS keeps.</summary>
    public const int MaximumHistoryDays = 730;

    public const double MinimumSpeed = 0.1;
    public const double MaximumSpeed = 1_000;

    /// <summary>Number of simulated servers, 1 to 200.</summary>
    public int Servers { get; init; } = DefaultServers;

    /// <summary>Folder that holds all of the estate; what is in it is used again.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>TCP port of the first agent, the others follow; 0 = each takes a free one.</summary>
    public int FirstAgentPort { get; init; }

    /// <summary>Divides simulated durations, 0.1 to 1000; timestamps stay real.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Chooses names, sizes and outcomes that are drawn.</summary>
    public int Seed { get; init; } = DefaultSeed;

    /// <summary>Days of the past that a server gets at its first start, 30 to 730.</summary>
    public int HistoryDays { get; init; } = ServerProfile.DefaultHistoryDays;

    /// <summary>Microsoft Update answers nobody while the estate runs.</summary>
    public bool IsMicrosoftDown { get; init; }

    /// <summary>The servers; null = those of <see cref="ScenarioCatalog"/>.</summary>
    public IReadOnlyList<ServerProfile>? Profiles { get; init; }

    /// <summary>Which servers' agents connect to a dashboard themselves and listen on no port, by the server's place in the list, from 0. They're started once they can enrol.</summary>
    public Func<int, bool> ConnectsItself { get; init; } = _ => false;

    /// <summary>False where only models and WSUS are wanted.</summary>
    public bool StartsAgents { get; init; } = true;
}
