using WsusDashboard.Agent.Repairs;

namespace WsusDashboard.Agent.Commands;

/// <summary>
/// Work on the journal for commands, one at a time: writes wait for each other in the file anyway, and each that waits there holds a connection of half a megabyte. Whoever waits
/// too long is told so, as if the file were locked.
/// </summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class JournalTurn
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();

    /// <exception cref="CommandException">The journal cannot be used, or is busy.</exception>
    public T Take<T>(Func<T> access)
    {
        if (!_gate.TryEnter(Patience))
        {
            throw new CommandException(CommandFailure.Unavailable, "The agent's journal (agent.db) is busy with other commands. Nothing was started; try again in a moment.");
        }

        try
        {
            return JournalErrors.Read(access);
        }
        finally
        {
            _gate.Exit();
        }
    }
}
