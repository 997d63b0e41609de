using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Commands;

/// <summary>Which exceptions are failures that a caller is told, and not bugs.</summary>
internal static class CommandFailures
{
    /// <summary>The failure behind an exception; null where it is a bug of the agent.</summary>
    public static CommandException? Find(Exception exception) => exception switch
    {
        CommandException command => command,
        StoreException store => new CommandException(CommandFailure.Unavailable, store.Message, store),
        EdgeException edge => new CommandException(CommandFailure.Unavailable, edge.Message, edge),
        _ => null,
    };

    /// <summary>What the audit calls it.</summary>
    public static string Outcome(CommandException failure) => failure.Failure == CommandFailure.Unavailable ? "failed" : "refused";
}
