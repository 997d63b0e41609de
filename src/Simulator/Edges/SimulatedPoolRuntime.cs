using Microsoft.Web.Administration;
using WsusDashboard.Iis.Emulation.Errors;
using WsusDashboard.Iis.Emulation.Runtime;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Model;

namespace WsusDashboard.Simulator.Edges;

/// <summary>The run-time side of the emulated IIS of one server, over its model.</summary>
internal sealed class SimulatedPoolRuntime(ServerModel model) : IPoolRuntime
{
    public ObjectState GetState(string pool) => ToObjectState(model.ReadPool(pool));

    public ObjectState Start(string pool) => ToObjectState(model.StartPool(pool) ?? throw NotRunning(pool));

    public ObjectState Stop(string pool) => ToObjectState(model.StopPool(pool));

    public ObjectState Recycle(string pool) => ToObjectState(model.RecyclePool(pool) ?? throw NotRunning(pool));

    public IReadOnlyList<EmulatedWorker> GetWorkers(string pool) => model.ReadWorker(pool) is { } worker ? [new(worker.ProcessId)] : [];

    private static ObjectState ToObjectState(PoolState state) => state switch
    {
        PoolState.Starting => ObjectState.Starting,
        PoolState.Started => ObjectState.Started,
        PoolState.Stopping => ObjectState.Stopping,
        PoolState.Stopped => ObjectState.Stopped,
        _ => ObjectState.Unknown,
    };

    private IisRefusedException NotRunning(string pool) => new(
        $"Application pool '{pool}' on {model.Profile.Name}: the service has not been started (W3SVC or WAS is not running, or the pool is stopped).",
        IisRefusedException.NotStarted);
}
