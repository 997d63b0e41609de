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
        using var processConsole = new ProcessConsole();
        var console = processConsole.Create();
        return await AgentCommandLine.InvokeAsync(arguments, console, (settings, token) => RunAgentAsync(settings, console, token), CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<int> RunAgentAsync(string[] arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        using var exit = OutOfMemoryExit.Watch();
        try
        {
            await AgentHost.Build(arguments).RunAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        }
        catch (OptionsValidationException exception)
        {
            foreach (var failure in exception.Failures)
            {
                await console.Error.WriteLineAsync(failure).ConfigureAwait(false);
            }

            return 1;
        }
        catch (StoreException exception)
        {
            await console.Error.WriteLineAsync(exception.Message).ConfigureAwait(false);
            return 1;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // Kestrel names the address, and whether it's in use, not of this computer or not allowed.
            await console.Error.WriteLineAsync($"The agent can't start: {exception.Message} Choose another address with --Agent:ListenAddress and --Agent:Port.").ConfigureAwait(false);
            return 1;
        }
    }
}
