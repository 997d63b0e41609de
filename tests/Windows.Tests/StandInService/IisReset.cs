using System.ServiceProcess;

namespace WsusDashboard.StandInService;

/// <summary>What iisreset does: stops the web services and starts them again, and says so; or fails, or hangs.</summary>
internal static class IisReset
{
    private const int AccessDenied = 5;

    // W3SVC depends on WAS, so it stops first and starts last.
    private static readonly string[] StopOrder = ["W3SVC", "WAS"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static int Run(TextWriter output)
    {
        Stage.Note("iisreset starting");
        output.WriteLine("Attempting stop...");
        Stage.WaitWhile("iisreset.held");
        if (Stage.Has("iisreset.fails"))
        {
            output.WriteLine("Restart attempt failed.");
            output.WriteLine("Access denied, you must be an administrator of the remote computer to use this command.");
            Stage.Note("iisreset failed");
            return AccessDenied;
        }

        foreach (var name in StopOrder)
        {
            using var service = new ServiceController(name);
            if (service.Status == ServiceControllerStatus.Running)
            {
                service.Stop(stopDependentServices: false);
            }

            service.WaitForStatus(ServiceControllerStatus.Stopped, Limit);
        }

        output.WriteLine("Internet services successfully stopped");
        output.WriteLine("Attempting start...");
        foreach (var name in StopOrder.Reverse())
        {
            using var service = new ServiceController(name);
            if (service.Status == ServiceControllerStatus.Stopped)
            {
                service.Start();
            }

            service.WaitForStatus(ServiceControllerStatus.Running, Limit);
        }

        output.WriteLine("Internet services successfully restarted");
        Stage.Note("iisreset ended");
        return 0;
    }
}
