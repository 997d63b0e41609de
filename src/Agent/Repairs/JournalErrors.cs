using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Storage;

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
                $"The agent's journal (agent.db) can't be used: {exception.Message}. Nothing was started; the agent keeps reading the server. Check that the disk with the agent's data folder isn't full and that the file isn't write-protected.",
                exception);
        }
        catch (StoreException exception)
        {
            throw new CommandException(CommandFailure.Unavailable, $"{exception.Message} Nothing was started; the agent keeps reading the server.", exception);
        }
    }
}
