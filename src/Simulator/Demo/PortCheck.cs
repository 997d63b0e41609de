using System.Globalization;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.Simulator.Demo;

/// <summary>Looks before anything starts whether the ports are free, so that the answer is a sentence and nothing is left half started.</summary>
internal static class PortCheck
{
    /// <exception cref="DemoException">A port is in use; the message names it and the option that changes it.</exception>
    public static void Run(DemoOptions options)
    {
        if (!options.AgentsOnly && options.Port > 0 && !LoopbackPort.IsFree(options.Port))
        {
            throw new DemoException(Text($"Port {options.Port} is in use by another program, so the dashboard can't listen on it. Choose another one with --port."));
        }

        if (!options.AgentsOnly && HubPortOf(options) is > 0 and var hubPort && !LoopbackPort.IsFree(hubPort))
        {
            throw new DemoException(Text($"Port {hubPort} is in use by another program, so the dashboard can't take the connections of agents on it. Choose another one with --hub-port."));
        }

        for (var port = options.AgentPort; options.AgentPort > 0 && port < options.AgentPort + options.Servers; port++)
        {
            if (!LoopbackPort.IsFree(port))
            {
                throw new DemoException(Text($"Port {port} is in use by another program, so an agent can't listen on it. Choose another range with --agent-port (the agents need {options.Servers} ports, starting there)."));
            }
        }
    }

    /// <summary>The port that was asked for; 0 = any.</summary>
    public static int HubPortOf(DemoOptions options) => options.HubPort ?? (options.Port == 0 ? 0 : DemoOptions.DefaultHubPort);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
