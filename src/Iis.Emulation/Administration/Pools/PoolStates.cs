using WsusDashboard.Iis.Emulation.Errors;
using WsusDashboard.Iis.Emulation.Runtime;

namespace Microsoft.Web.Administration;

/// <summary>What the pools of one reading are doing, and what IIS refuses to do with a pool in a given state.</summary>
internal sealed class PoolStates(IPoolRuntime runtime)
{
    private readonly HashSet<string> _uncommitted = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _removed = [];

    /// <summary>IIS starts to know a pool when it is committed.</summary>
    public bool IsCommitted(string pool) => !_uncommitted.Contains(pool);

    public void Added(string pool) => _uncommitted.Add(pool);

    public void Removed(string pool)
    {
        _uncommitted.Remove(pool);
        _removed.Add(pool);
    }

    public void Committed()
    {
        if (_removed.Count > 0 && runtime is FilePoolRuntime file)
        {
            file.Forget(_removed);
        }

        _uncommitted.Clear();
    }

    public ObjectState Read(string pool) => Runtime(pool).GetState(pool);

    public WorkerProcessCollection Workers(IEnumerable<string> pools) =>
        new(pools.SelectMany(pool => Runtime(pool).GetWorkers(pool).Select(worker => new WorkerProcess(pool, worker.ProcessId, worker.ProcessGuid, worker.State))));

    public ObjectState Start(string pool)
    {
        var state = Read(pool);
        if (state == ObjectState.Started)
        {
            throw new IisRefusedException($"Application pool '{pool}' can't be started: an instance of the service is already running.", IisRefusedException.AlreadyRunning);
        }

        RefuseBetweenStates(pool, state, "started");
        return runtime.Start(pool);
    }

    public ObjectState Stop(string pool)
    {
        RequireStarted(pool, "stopped");
        return runtime.Stop(pool);
    }

    public ObjectState Recycle(string pool)
    {
        RequireStarted(pool, "recycled");
        return runtime.Recycle(pool);
    }

    private IPoolRuntime Runtime(string pool) => IsCommitted(pool) ? runtime : throw new IisRefusedException(
        $"The object identifier does not represent a valid object: IIS doesn't know application pool '{pool}' until it is committed.",
        IisRefusedException.ObjectNotKnown);

    private void RequireStarted(string pool, string verb)
    {
        var state = Read(pool);
        if (state == ObjectState.Stopped)
        {
            throw new IisRefusedException($"Application pool '{pool}' can't be {verb}: the service has not been started.", IisRefusedException.NotStarted);
        }

        RefuseBetweenStates(pool, state, verb);
    }

    private static void RefuseBetweenStates(string pool, ObjectState state, string verb)
    {
        if (state is ObjectState.Starting or ObjectState.Stopping)
        {
            throw new IisRefusedException(
                $"Application pool '{pool}' can't be {verb}: the service cannot accept control messages at this time (the pool is {(state == ObjectState.Starting ? "starting" : "stopping")}).",
                IisRefusedException.CannotAcceptControl);
        }
    }
}
