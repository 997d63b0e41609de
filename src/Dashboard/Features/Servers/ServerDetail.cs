using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>All that the page of one server shows, but its history.</summary>
public sealed record ServerDetail
{
    public required ServerFacts Facts { get; init; }

    /// <summary>Live state at the moment of the reading; follow it with LiveState.Subscribe.</summary>
    public required ServerLive Live { get; init; }

    /// <summary>The WSUS pool beside each baseline, the server's own baseline first; empty where the pool was never read.</summary>
    public IReadOnlyList<BaselineComparison> Comparisons { get; init; } = [];

    public Snapshot? Snapshot => Live.Snapshot;

    public Assessment? Assessment => Live.Assessment;

    public LinkStatus Link => Live.Link;
}

/// <summary>The pool of a server beside one baseline.</summary>
/// <param name="Baseline">Who recommends.</param>
/// <param name="Settings">One for each setting that the baseline speaks about.</param>
public sealed record BaselineComparison(Baseline Baseline, IReadOnlyList<SettingComparison> Settings)
{
    public int DriftCount => Settings.Count(setting => setting.IsDrifted);
}

/// <summary>What was entered about a server, and who its agent said it is.</summary>
public sealed record ServerFacts
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required string Address { get; init; }

    public required string Site { get; init; }

    /// <summary>Id of the baseline that the server is compared with.</summary>
    public required string Baseline { get; init; }

    public DateTimeOffset AddedAt { get; init; }

    /// <summary>Pin of the paired agent's key; null = not paired.</summary>
    public string? AgentKey { get; init; }

    public DateTimeOffset? PairedAt { get; init; }

    /// <summary>Who paired it, or the enrolment token that it came with; empty while it is not paired.</summary>
    public string PairedBy { get; init; } = "";

    /// <summary>As the agent last said it; empty before its first answer. The same holds for the facts below.</summary>
    public string ComputerName { get; init; } = "";

    public string OperatingSystem { get; init; } = "";

    public string AgentVersion { get; init; } = "";

    public string WsusVersion { get; init; } = "";

    public IReadOnlyList<string> Roles { get; init; } = [];
}

/// <summary>What a person enters to add or edit a server.</summary>
public sealed record ServerInput
{
    public const int MaximumNameLength = 100;
    public const int MaximumSiteLength = 50;
    public const int MaximumAddressLength = 300;

    /// <summary>1 to 100 characters; empty = the computer's name, as the agent tells it, else the host of the address.</summary>
    public string? Name { get; init; }

    /// <summary>https://host:port of the agent, or the host alone (port 5101).</summary>
    public string? Address { get; init; }

    /// <summary>At most 50 characters; may be empty.</summary>
    public string? Site { get; init; }

    /// <summary>Id of a baseline; empty = the default.</summary>
    public string? Baseline { get; init; }
}

/// <summary>The steps of "test connection", in this order.</summary>
public enum ConnectionStepKind
{
    /// <summary>The host's name is known.</summary>
    Name = 0,

    /// <summary>Something listens there.</summary>
    Connect = 1,

    /// <summary>It speaks the agent's protocol.</summary>
    Protocol = 2,

    /// <summary>Its version is one that this dashboard understands.</summary>
    Version = 3,
}

/// <summary>Outcome of one step of "test connection".</summary>
public enum ConnectionStepState
{
    Ok = 0,
    Failed = 1,

    /// <summary>An earlier step failed.</summary>
    NotReached = 2,
}

/// <summary>One step of "test connection".</summary>
/// <param name="Kind">Which.</param>
/// <param name="State">How it went.</param>
/// <param name="Message">What was found, or what is wrong and what to do.</param>
/// <param name="Duration">How long it took.</param>
public sealed record ConnectionStep(ConnectionStepKind Kind, ConnectionStepState State, string Message, TimeSpan Duration);

/// <summary>What "test connection" found.</summary>
/// <param name="Steps">Always all four.</param>
/// <param name="Agent">Who answered; null where a step failed, or where the agent is not paired yet and does not tell a stranger.</param>
public sealed record ConnectionTest(IReadOnlyList<ConnectionStep> Steps, AgentInfo? Agent)
{
    public bool IsOk => Steps.All(step => step.State == ConnectionStepState.Ok);
}
