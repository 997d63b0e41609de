namespace Microsoft.Web.Administration;

/// <summary>A worker process (w3wp.exe) as it was when it was read.</summary>
public sealed class WorkerProcess
{
    internal WorkerProcess(string appPoolName, int processId, string processGuid, WorkerProcessState state)
    {
        AppPoolName = appPoolName;
        ProcessId = processId;
        ProcessGuid = processGuid;
        State = state;
    }

    public string AppPoolName { get; }

    public int ProcessId { get; }

    public string ProcessGuid { get; }

    public WorkerProcessState State { get; }
}
