using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Services;

/// <summary>Starts and stops services and waits for it. Nothing is ever killed: a service that does not stop in time is left stopping.</summary>
public sealed class ServiceActions(IServiceControl services, TimeProvider timeProvider)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public Task<ServiceStatus> ReadAsync(string name, CancellationToken cancellationToken) => services.ReadAsync(name, cancellationToken);

    public Task<IReadOnlyList<string>> ReadRunningDependentsAsync(string name, CancellationToken cancellationToken) =>
        services.ReadRunningDependentsAsync(name, cancellationToken);

    /// <summary>Sets how a service is started, and reads it back.</summary>
    /// <exception cref="EdgeException">Windows refused, or the service is started in another way all the same (Fault).</exception>
    public async Task<ServiceStatus> SetStartTypeAsync(string name, ServiceStartType startType, CancellationToken cancellationToken)
    {
        await services.SetStartTypeAsync(name, startType, cancellationToken);
        var status = await services.ReadAsync(name, cancellationToken);

        return ServiceSettings.IsStartType(status.StartType, startType)
            ? status
            : throw new EdgeException(ReadFailure.Fault, $"The startup type of {name} was set to {startType}, but it is {status.StartType}. A policy may set it.");
    }

    /// <summary>Stops a service; asks only where it is not stopped or stopping already.</summary>
    /// <returns>The status at the end: Stopped, or Running where something started it again right away.</returns>
    /// <exception cref="EdgeException">Windows refused, or it did not stop in time (TimedOut).</exception>
    public async Task<ServiceStatus> StopAsync(string name, TimeSpan limit, Action<string> report, CancellationToken cancellationToken)
    {
        var status = await services.ReadAsync(name, cancellationToken);
        if (status.State is ServiceState.Stopped or ServiceState.NotInstalled)
        {
            return status;
        }

        if (status.State != ServiceState.StopPending)
        {
            await services.StopAsync(name, cancellationToken);
        }

        var wasStopping = status.State == ServiceState.StopPending;
        return await WaitAsync(
            name,
            "stop",
            limit,
            report,
            now =>
            {
                // SMS_SITE_COMPONENT_MANAGER may start SMS_EXECUTIVE again before anyone sees it stopped.
                var isStartedAgain = wasStopping && now.State is (ServiceState.StartPending or ServiceState.Running);
                wasStopping |= now.State == ServiceState.StopPending;
                return now.State is ServiceState.Stopped or ServiceState.NotInstalled || isStartedAgain;
            },
            cancellationToken);
    }

    /// <summary>Starts a service; asks only where it is not running or starting already.</summary>
    /// <exception cref="EdgeException">Windows refused, or it did not run in time (TimedOut).</exception>
    public async Task<ServiceStatus> StartAsync(string name, TimeSpan limit, Action<string> report, CancellationToken cancellationToken)
    {
        var status = await services.ReadAsync(name, cancellationToken);
        if (status.State == ServiceState.Running)
        {
            return status;
        }

        if (status.State is not (ServiceState.StartPending or ServiceState.ContinuePending))
        {
            try
            {
                await services.StartAsync(name, cancellationToken);
            }
            catch (EdgeException)
            {
                // Something else may have started it in between; then the refusal means nothing.
                var now = await services.ReadAsync(name, cancellationToken);
                if (now.State is not (ServiceState.Running or ServiceState.StartPending))
                {
                    throw;
                }
            }
        }

        return await WaitForRunningAsync(name, limit, report, cancellationToken);
    }

    /// <summary>Waits until a service runs; a service that ends while it starts is an error at once.</summary>
    /// <exception cref="EdgeException">It ended again (Fault), or does not run in time (TimedOut).</exception>
    public async Task<ServiceStatus> WaitForRunningAsync(string name, TimeSpan limit, Action<string> report, CancellationToken cancellationToken)
    {
        var wasStarting = false;
        var status = await WaitAsync(
            name,
            "start",
            limit,
            report,
            now =>
            {
                var hasEnded = wasStarting && now.State == ServiceState.Stopped;
                wasStarting |= now.State == ServiceState.StartPending;
                return hasEnded || now.State is ServiceState.Running or ServiceState.NotInstalled;
            },
            cancellationToken);
        return status.State == ServiceState.Running
            ? status
            : throw new EdgeException(ReadFailure.Fault, $"{name} was starting but is {status.State} again. Its own log and the System event log say why.");
    }

    private async Task<ServiceStatus> WaitAsync(
        string name, string verb, TimeSpan limit, Action<string> report, Func<ServiceStatus, bool> isOver, CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(limit, timeProvider);
        while (true)
        {
            var status = await services.ReadAsync(name, cancellationToken);
            if (isOver(status))
            {
                return status;
            }

            if (deadline.IsOver)
            {
                throw new EdgeException(
                    ReadFailure.TimedOut,
                    $"{name} didn't {verb} within {Wording.Duration(limit)}; it is {status.State}. It wasn't killed.");
            }

            report($"{name} is {status.State}; waiting, {Wording.Duration(deadline.Elapsed)} of at most {Wording.Duration(limit)}.");
            await Task.Delay(Pause, timeProvider, cancellationToken);
        }
    }
}
