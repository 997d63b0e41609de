using System.Runtime.Versioning;
using System.ServiceProcess;

[assembly: SupportedOSPlatform("windows")]

namespace WsusDashboard.StandInService;

/// <summary>
/// Plays the services of a WSUS server, and iisreset, on a Windows that has none of them. How each behaves is told by files in
/// <see cref="Stage"/>, so that a test changes it while it runs.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
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
            default:
                Console.Error.WriteLine("Expected: run NAME, or register FILE with lines NAME;STARTUP;DEPENDS,ON;DISPLAY NAME.");
                return 2;
        }
    }
}
