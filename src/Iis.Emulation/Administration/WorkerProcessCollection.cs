using System.Collections;
using WsusDashboard.Iis.Emulation;

namespace Microsoft.Web.Administration;

/// <summary>Worker processes as they were when the collection was asked for.</summary>
public sealed class WorkerProcessCollection : IReadOnlyList<WorkerProcess>
{
    private readonly WorkerProcess[] _processes;

    internal WorkerProcessCollection(IPoolRuntime runtime, IEnumerable<string> pools) =>
        _processes = [.. pools.SelectMany(pool => runtime.GetWorkers(pool).Select(worker => new WorkerProcess(pool, worker.ProcessId, worker.ProcessGuid, worker.State)))];

    public int Count => _processes.Length;

    public WorkerProcess this[int index] => _processes[index];

    public IEnumerator<WorkerProcess> GetEnumerator() => _processes.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
