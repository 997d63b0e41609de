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
        else if (Refusal() is { } refusal)
        {
            _completion.TrySetResult(new(1, $"\r\nAttempting stop...\r\nInternet services successfully stopped\r\nAttempting start...\r\nRestart attempt failed.\r\n{refusal}\r\n"));
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

    /// <summary>A web service that was disabled meanwhile does not come back.</summary>
    private string? Refusal() => StopOrder.FirstOrDefault(name => services.Read(name) is { State: ServiceState.Stopped, StartType: ServiceStartType.Disabled }) is { } disabled
        ? $"The service {disabled} cannot be started, either because it is disabled or because it has no enabled devices associated with it. (80070422)"
        : null;

    private bool StartAll()
    {
        if (services.Read(ServiceNames.WorldWideWeb).State == ServiceState.Stopped)
        {
            services.Start(ServiceNames.WorldWideWeb);
        }

        return services.IsRunning(ServiceNames.WorldWideWeb);
    }
}
