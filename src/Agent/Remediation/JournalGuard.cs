using Microsoft.Data.Sqlite;

namespace WsusDashboard.Agent.Remediation;

/// <summary>A journal that cannot be read or written is, for a caller, a service that is not available.</summary>
internal static class JournalGuard
{
    public static T Read<T>(Func<T> access)
    {
        try
        {
            return access();
        }
        catch (SqliteException exception)
        {
            throw new VerbException(
                VerbFailure.Unavailable,
                $"The agent's journal (agent.db) cannot be used: {exception.Message}. Nothing was started; readings go on. Check that the disk of the agent's data folder is not full and the file not write-protected.",
                exception);
        }
    }
}
