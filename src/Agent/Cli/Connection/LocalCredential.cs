using Grpc.Core;
using WsusDashboard.Agent.Security;

namespace WsusDashboard.Agent.Cli.Connection;

/// <summary>What a command shows the agent: its local key, where this account may read it.</summary>
/// <param name="Headers">Sent with each call.</param>
/// <param name="Problem">Why there is no key, for a person; null where there is one.</param>
internal sealed record LocalCredential(Metadata Headers, string? Problem)
{
    /// <summary>Reads the key in the agent's data folder. A folder without a key is no failure yet: the agent may not run at all.</summary>
    public static LocalCredential Read(string dataDirectory)
    {
        try
        {
            return new(new Metadata { { "Authorization", $"{LocalKey.Scheme} {LocalKey.Read(dataDirectory)}" } }, null);
        }
        catch (UnauthorizedAccessException)
        {
            return new([], $"This account isn't allowed to read the agent's key {LocalKey.PathIn(dataDirectory)}. Run the command as an administrator. Nothing was done.");
        }
        catch (IOException exception)
        {
            return new([], $"The agent needs its local key, but {LocalKey.PathIn(dataDirectory)} can't be read: {exception.Message} If the agent uses another data folder, add --data. Nothing was done.");
        }
    }
}
