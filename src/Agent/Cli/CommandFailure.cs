namespace WsusDashboard.Agent.Cli;

/// <summary>A command ends here; the message is for a person.</summary>
internal sealed class CommandFailure(string message, Exception? inner = null) : Exception(message, inner);
