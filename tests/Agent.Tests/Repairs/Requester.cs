using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Security;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Repairs;

/// <summary>Whoever asks an agent, through its one pipe: somebody on the server, or a hub.</summary>
internal sealed class Requester(CommandPipe pipe, RepairStarter repairs, RepairQueue queue)
{
    /// <summary>Who asks, and the context that goes with each request that has none.</summary>
    public AgentCaller Caller { get; init; } = new(CallerKind.Local, null, "", "127.0.0.1");

    public Func<Wire.CommandContext> Context { get; init; } = () => new() { Person = "Ann", Reason = "CHG-1" };

    public Task<Plan> PlanAsync(string playbook, string? baseline, CancellationToken cancellationToken, bool includeRisky = false)
    {
        CommandValidator.Check(new Wire.PlanRepairRequest { Playbook = playbook, Baseline = baseline ?? "" });
        return repairs.PlanAsync(playbook, baseline ?? "", includeRisky, cancellationToken);
    }

    public Repair Get(string id) => queue.Find(id);

    public async Task<Repair> StartAsync(Wire.StartRepairRequest request, CancellationToken cancellationToken) => (await SendAsync<Wire.Repair>(request, cancellationToken)).ToDomain();

    public async Task<Repair> UndoAsync(string id, CancellationToken cancellationToken) =>
        (await SendAsync<Wire.Repair>(new Wire.UndoRepairRequest { Id = id }, cancellationToken)).ToDomain();

    public async Task<Repair> CancelAsync(string id, CancellationToken cancellationToken) =>
        (await SendAsync<Wire.Repair>(new Wire.CancelRepairRequest { Id = id }, cancellationToken)).ToDomain();

    public async Task<Repair> KeepAsync(string id, CancellationToken cancellationToken) =>
        (await SendAsync<Wire.Repair>(new Wire.KeepSettingsRequest { Id = id }, cancellationToken)).ToDomain();

    public async Task<ServiceStatus> ControlServiceAsync(string name, string verb, CancellationToken cancellationToken) =>
        (await SendAsync<Wire.ServiceStatus>(new Wire.ControlServiceRequest { Name = name, Verb = verb }, cancellationToken)).ToDomain();

    public async Task<AppPool> ControlPoolAsync(string name, string verb, CancellationToken cancellationToken) =>
        (await SendAsync<Wire.AppPool>(new Wire.ControlPoolRequest { Name = name, Verb = verb }, cancellationToken)).ToDomain();

    public Task<Wire.StartSyncResponse> StartSyncAsync(CancellationToken cancellationToken, bool isFull = false) =>
        SendAsync<Wire.StartSyncResponse>(new Wire.StartSyncRequest { FullConfigMgrSync = isFull }, cancellationToken);

    public Task<Wire.StopSyncResponse> StopSyncAsync(CancellationToken cancellationToken) => SendAsync<Wire.StopSyncResponse>(new Wire.StopSyncRequest(), cancellationToken);

    public async Task<T> SendAsync<T>(Wire.ICommandRequest request, CancellationToken cancellationToken)
    {
        request.Context ??= Context();
        return (T)await pipe.SendAsync(request, Caller, cancellationToken);
    }
}
