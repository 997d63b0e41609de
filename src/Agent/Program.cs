using System.Net.Sockets;
using Microsoft.Extensions.Options;
using WsusDashboard.Agent.Cli;
using WsusDashboard.Agent.Cli.Terminal;
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
        catch (OptionsValidationException exception)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, exception.Failures)).ConfigureAwait(false);
            return 1;
        }
        catch (StoreException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message).ConfigureAwait(false);
            return 1;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // Kestrel names the address, and whether it's in use, not of this computer or not allowed.
            await Console.Error.WriteLineAsync($"The agent can't start: {exception.Message} Choose another address with --Agent:ListenAddress and --Agent:Port.").ConfigureAwait(false);
            return 1;
        }
    }
}
