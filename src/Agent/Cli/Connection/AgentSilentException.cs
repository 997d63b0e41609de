namespace WsusDashboard.Agent.Cli.Connection;

/// <summary>The agent cannot be reached, or does not answer in time: what it does is not known.</summary>
internal sealed class AgentSilentException(string message, Exception inner) : Exception(message, inner);
