using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Agents;

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
