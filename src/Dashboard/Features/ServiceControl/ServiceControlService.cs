using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.ServiceControl;

/// <summary>What can be done with a Windows service.</summary>
public enum ServiceVerb
{
    Start = 0,
    Stop = 1,
    Restart = 2,
}

/// <summary>What can be done with an application pool.</summary>
public enum PoolVerb
{
    Start = 0,
    Stop = 1,
    Recycle = 2,
}

/// <summary>The single verbs of a server, outside a repair. Each is written to the audit. Failures: NotFound, Invalid, Unreachable, TimedOut, Refused, Conflict, Unavailable.</summary>
public sealed class ServiceControlService
{
    public Task<Outcome<ServiceStatus>> ControlServiceAsync(int serverId, string serviceName, ServiceVerb verb, string? reason, string requestedBy, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<Outcome<AppPool>> ControlPoolAsync(int serverId, string poolName, PoolVerb verb, string? reason, string requestedBy, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Asks for a synchronization; the value is what the agent says about it.</summary>
    public Task<Outcome<string>> StartSyncAsync(int serverId, string? reason, string requestedBy, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<Outcome<string>> StopSyncAsync(int serverId, string? reason, string requestedBy, CancellationToken cancellationToken) => throw new NotImplementedException();
}
