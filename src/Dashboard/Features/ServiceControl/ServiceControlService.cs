using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Shared.Contract;
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

/// <summary>The single verbs of a server, outside a repair. Each is written to the audit. Failures: NotFound, Invalid, Unreachable, TimedOut, Refused, Conflict, Unavailable.</summary>
public sealed class ServiceControlService
{
    private readonly AgentCommands _agents;
    private readonly VisibleServers _servers;
    private readonly AuditTrail _audit;

    internal ServiceControlService(AgentCommands agents, VisibleServers servers, AuditTrail audit) => (_agents, _servers, _audit) = (agents, servers, audit);

    public async Task<Outcome<ServiceStatus>> ControlServiceAsync(int serverId, string serviceName, ServiceVerb verb, Purpose purpose, CancellationToken cancellationToken)
    {
        var request = new Wire.ControlServiceRequest { Name = serviceName, Verb = verb.ToString().ToLowerInvariant(), Context = _agents.CreateContext(purpose) };
        var answer = await _agents.CommandAsync(serverId, (client, options) => client.ControlServiceAsync(request, options), cancellationToken);
        return await AuditAsync(answer, status => status.ToDomain(), serverId, $"service.{request.Verb}", serviceName, purpose);
    }

    public async Task<Outcome<AppPool>> ControlPoolAsync(int serverId, string poolName, PoolVerb verb, Purpose purpose, CancellationToken cancellationToken)
    {
        var request = new Wire.ControlPoolRequest { Name = poolName, Verb = verb.ToString().ToLowerInvariant(), Context = _agents.CreateContext(purpose) };
        var answer = await _agents.CommandAsync(serverId, (client, options) => client.ControlPoolAsync(request, options), cancellationToken);
        return await AuditAsync(answer, pool => pool.ToDomain(), serverId, $"pool.{request.Verb}", poolName, purpose);
    }

    /// <summary>Asks for a synchronization; the value is what the agent says about it.</summary>
    public async Task<Outcome<string>> StartSyncAsync(int serverId, Purpose purpose, CancellationToken cancellationToken)
    {
        var request = new Wire.StartSyncRequest { Context = _agents.CreateContext(purpose) };
        var answer = await _agents.CommandAsync(serverId, (client, options) => client.StartSyncAsync(request, options), cancellationToken);
        return await AuditAsync(answer, started => started.Message, serverId, "sync.start", "", purpose);
    }

    public async Task<Outcome<string>> StopSyncAsync(int serverId, Purpose purpose, CancellationToken cancellationToken)
    {
        var request = new Wire.StopSyncRequest { Context = _agents.CreateContext(purpose) };
        var answer = await _agents.CommandAsync(serverId, (client, options) => client.StopSyncAsync(request, options), cancellationToken);
        return await AuditAsync(answer, stopped => stopped.Message, serverId, "sync.stop", "", purpose);
    }

    private async Task<Outcome<T>> AuditAsync<TWire, T>(Outcome<TWire> answer, Func<TWire, T> map, int serverId, string what, string detail, Purpose purpose)
    {
        var server = _servers.Find(serverId);
        await _audit.WriteAsync(new()
        {
            What = what,
            ServerId = serverId,
            ServerName = server?.Name ?? "",
            Site = server?.Site ?? "",
            Detail = purpose.Describe(detail),
            Outcome = answer.IsSuccess ? "done" : answer.Failure.Message,
            Ticket = purpose.Ticket,
        });
        return answer.IsSuccess ? map(answer.Value) : answer.Failure;
    }
}
