using WsusDashboard.Agent.Settings;
using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            await AgentHost.Build(arguments).RunAsync().ConfigureAwait(false);
            return 0;
        }
        catch (Exception exception) when (exception is AgentOptionsException or StoreException)
        {
            await Console.Error.WriteLineAsync(exception.Message).ConfigureAwait(false);
            return 1;
        }
    }
}
