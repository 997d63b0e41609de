using Microsoft.Data.Sqlite;

namespace WsusDashboard.Agent.Repairs;

/// <summary>A journal that cannot be read or written is, for a caller, a service that is not available.</summary>
internal static class JournalErrors
{
    public static T Read<T>(Func<T> access)
    {
        try
        {
            return access();
        }
        catch (SqliteException exception)
        {
            throw new CommandException(
                CommandFailure.Unavailable,
                $"The agent's journal (agent.db) cannot be used: {exception.Message}. Nothing was started; readings go on. Check that the disk of the agent's data folder is not full and the file not write-protected.",
                exception);
        }
    }
}
