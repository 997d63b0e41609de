namespace WsusDashboard.Agent.Cli.Connection;

/// <summary>The agent cannot be reached, or does not answer in time: what it does is not known.</summary>
/// <param name="message">For a person.</param>
/// <param name="isAbsent">True where no agent runs at all.</param>
/// <param name="inner">What the connection said.</param>
internal sealed class AgentSilentException(string message, bool isAbsent, Exception inner) : Exception(message, inner)
{
    /// <summary>True where no agent runs at all.</summary>
    public bool IsAbsent => isAbsent;
}
