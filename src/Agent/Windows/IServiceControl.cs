using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows;

/// <summary>The service control manager of this server. Thin: it waits for nothing and decides nothing.</summary>
public interface IServiceControl
{
    /// <summary>Reads one service; State is <see cref="ServiceState.NotInstalled"/> where there is none of that name.</summary>
    Task<ServiceStatus> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Asks for a start and returns once the request is accepted, not once the service runs.</summary>
    /// <exception cref="EdgeException">The request was refused.</exception>
    Task StartAsync(string name, CancellationToken cancellationToken);

    /// <summary>Asks for a stop and returns once the request is accepted, not once the service is stopped.</summary>
    /// <exception cref="EdgeException">The request was refused.</exception>
    Task StopAsync(string name, CancellationToken cancellationToken);

    /// <summary>Sets how the service is started: Automatic, Manual or Disabled. What runs now stays as it is.</summary>
    /// <exception cref="EdgeException">The request was refused.</exception>
    Task SetStartTypeAsync(string name, ServiceStartType startType, CancellationToken cancellationToken);

    /// <summary>Names of the services that depend on this one and are not stopped, in the order in which they must be stopped.</summary>
    Task<IReadOnlyList<string>> ReadRunningDependentsAsync(string name, CancellationToken cancellationToken);
}
