using System.Collections;

namespace Microsoft.Web.Administration;

/// <summary>Worker processes as they were when the collection was asked for.</summary>
public sealed class WorkerProcessCollection : IReadOnlyList<WorkerProcess>
{
    private readonly WorkerProcess[] _processes;

    internal WorkerProcessCollection(IEnumerable<WorkerProcess> processes) => _processes = [.. processes];

    public int Count => _processes.Length;

    public WorkerProcess this[int index] => _processes[index];

    public IEnumerator<WorkerProcess> GetEnumerator() => _processes.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
