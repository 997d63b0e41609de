namespace Microsoft.Web.Administration;

/// <summary>What a worker process is doing.</summary>
public enum WorkerProcessState
{
    /// <summary>On its way up.</summary>
    Starting = 0,

    /// <summary>Takes requests.</summary>
    Running = 1,

    /// <summary>On its way down.</summary>
    Stopping = 2,

    /// <summary>IIS does not say.</summary>
    Unknown = 3,
}
