namespace WsusDashboard.Agent.Cli.Terminal;

/// <summary>A command ends here; the message is for a person.</summary>
internal sealed class CliFailure(string message, Exception? inner = null) : Exception(message, inner);
