using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

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

/// <summary>The single verbs of a server, outside a repair. Failures: NotFound, Forbidden, Invalid, Unreachable, TimedOut, Refused, Conflict, Unavailable.</summary>
internal sealed class ServiceControlService(AgentCommands agents)
{
    public Task<Outcome<ServiceStatus>> ControlServiceAsync(int serverId, string serviceName, ServiceVerb verb, Purpose purpose, CancellationToken cancellationToken)
    {
        var name = verb.ToString().ToLowerInvariant();
        return agents.ChangeAsync(
            serverId,
            new AgentCommand<Wire.ServiceStatus, ServiceStatus>(
                $"service.{name}",
                serviceName,
                (client, context, options) => client.ControlServiceAsync(new() { Name = serviceName, Verb = name, Context = context }, options),
                status => status.ToDomain()),
            purpose,
            cancellationToken);
    }

    public Task<Outcome<AppPool>> ControlPoolAsync(int serverId, string poolName, PoolVerb verb, Purpose purpose, CancellationToken cancellationToken)
    {
        var name = verb.ToString().ToLowerInvariant();
        return agents.ChangeAsync(
            serverId,
            new AgentCommand<Wire.AppPool, AppPool>(
                $"pool.{name}",
                poolName,
                (client, context, options) => client.ControlPoolAsync(new() { Name = poolName, Verb = name, Context = context }, options),
                pool => pool.ToDomain()),
            purpose,
            cancellationToken);
    }

    /// <summary>Asks for a synchronization; the value is what the agent says about it.</summary>
    public Task<Outcome<string>> StartSyncAsync(int serverId, Purpose purpose, CancellationToken cancellationToken) => agents.ChangeAsync(
        serverId,
        new AgentCommand<Wire.StartSyncResponse, string>("sync.start", "", (client, context, options) => client.StartSyncAsync(new() { Context = context }, options), started => started.Message),
        purpose,
        cancellationToken);

    public Task<Outcome<string>> StopSyncAsync(int serverId, Purpose purpose, CancellationToken cancellationToken) => agents.ChangeAsync(
        serverId,
        new AgentCommand<Wire.StopSyncResponse, string>("sync.stop", "", (client, context, options) => client.StopSyncAsync(new() { Context = context }, options), stopped => stopped.Message),
        purpose,
        cancellationToken);
}
