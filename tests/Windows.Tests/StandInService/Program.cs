using System.Globalization;
using System.Runtime.Versioning;
using System.ServiceProcess;

[assembly: SupportedOSPlatform("windows")]

namespace WsusDashboard.StandInService;

/// <summary>
/// Plays the services of a WSUS server, and iisreset, on a Windows that has none of them, and relays the pipe of the agent. How each behaves is told by files in
/// <see cref="Stage"/>, so that a test changes it while it runs.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (string.Equals(Path.GetFileNameWithoutExtension(Environment.ProcessPath), "iisreset", StringComparison.OrdinalIgnoreCase))
        {
            return IisReset.Run(Console.Out);
        }

        switch (arguments)
        {
            case ["run", var name]:
                using (var service = new PlayedService(name))
                {
                    ServiceBase.Run(service);
                }

                return 0;
            case ["register", var file]:
                ServiceRegistration.RegisterAll(file);
                return 0;
            case ["relay", var port, var file]:
                await PipeRelay.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), file);
                return 0;
            default:
                await Console.Error.WriteLineAsync("Expected: run NAME, register FILE with lines NAME;STARTUP;DEPENDS,ON;DISPLAY NAME, or relay PORT FILE.");
                return 2;
        }
    }
}
