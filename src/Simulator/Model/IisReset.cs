using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Simulator.Model;

/// <summary>One run of iisreset.exe: stops W3SVC and WAS with all that depends on them, then starts them. Used under the model's gate.</summary>
internal sealed class IisReset(ServiceTable services)
{
    private static readonly string[] StopOrder = [ServiceNames.WorldWideWeb, ServiceNames.ProcessActivation];
    private readonly TaskCompletionSource<ProcessResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _starting;

    public Task<ProcessResult> Completion => _completion.Task;

    public bool IsFinished => _completion.Task.IsCompleted;

    public void Step()
    {
        if (!_starting)
        {
            _starting = StopAll();
        }
        else if (StartAll())
        {
            _completion.TrySetResult(new(0, "\r\nAttempting stop...\r\nInternet services successfully stopped\r\nAttempting start...\r\nInternet services successfully restarted\r\n"));
        }
    }

    private bool StopAll()
    {
        foreach (var name in StopOrder)
        {
            var state = services.Read(name).State;
            if (state == ServiceState.Running)
            {
                services.Stop(name);
            }

            if (state != ServiceState.Stopped)
            {
                return false;
            }
        }

        return true;
    }

    private bool StartAll()
    {
        if (services.Read(ServiceNames.WorldWideWeb).State == ServiceState.Stopped)
        {
            services.Start(ServiceNames.WorldWideWeb);
        }

        return services.IsRunning(ServiceNames.WorldWideWeb);
    }
}
