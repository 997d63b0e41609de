using Microsoft.Web.Administration;

namespace WsusDashboard.Iis.Emulation.Runtime;

/// <summary>The side of IIS that no file holds: what its pools are doing. May be called from several threads.</summary>
public interface IPoolRuntime
{
    /// <summary>State of a pool of the configuration; for one that this side has not met yet, the state it would start in.</summary>
    ObjectState GetState(string pool);

    /// <summary>Starts a stopped pool; gives the state after the call (Starting or Started).</summary>
    ObjectState Start(string pool);

    /// <summary>Stops a started pool; gives the state after the call (Stopping or Stopped).</summary>
    ObjectState Stop(string pool);

    /// <summary>Replaces the worker processes of a started pool; gives the state after the call.</summary>
    ObjectState Recycle(string pool);

    /// <summary>The worker processes of a pool; none where it has none.</summary>
    IReadOnlyList<EmulatedWorker> GetWorkers(string pool);
}
