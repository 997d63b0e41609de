using WsusDashboard.Agent.Cli;
using WsusDashboard.Agent.Settings;
using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var console = new ProcessConsole();
        return await AgentCommandLine.InvokeAsync(arguments, console.Create(), RunAgentAsync, CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<int> RunAgentAsync(string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            await AgentHost.Build(arguments).RunAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        }
        catch (Exception exception) when (exception is AgentOptionsException or StoreException)
        {
            await Console.Error.WriteLineAsync(exception.Message).ConfigureAwait(false);
            return 1;
        }
    }
}
