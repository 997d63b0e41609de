using System.Runtime.InteropServices;

namespace Microsoft.Web.Administration;

/// <summary>An application pool: its settings, and what it is doing now.</summary>
public sealed class ApplicationPool : ConfigurationElement
{
    private readonly PoolStates _states;

    internal ApplicationPool(ElementLocation location, PoolStates states)
        : base(location) => _states = states;

    public string Name => (string)this["name"]!;

    public bool AutoStart { get => (bool)this["autoStart"]!; set => this["autoStart"] = value; }

    public bool Enable32BitAppOnWin64 { get => (bool)this["enable32BitAppOnWin64"]!; set => this["enable32BitAppOnWin64"] = value; }

    public ManagedPipelineMode ManagedPipelineMode { get => (ManagedPipelineMode)this["managedPipelineMode"]!; set => this["managedPipelineMode"] = value; }

    /// <summary>"v4.0", "v2.0" or empty for no managed code.</summary>
    public string ManagedRuntimeVersion { get => (string)this["managedRuntimeVersion"]!; set => this["managedRuntimeVersion"] = value; }

    /// <summary>Requests that HTTP.sys keeps waiting, 10 to 65535.</summary>
    public long QueueLength { get => (long)this["queueLength"]!; set => this["queueLength"] = value; }

    public StartMode StartMode { get => (StartMode)this["startMode"]!; set => this["startMode"] = value; }

    public ApplicationPoolCpu Cpu => new(ChildLocation("cpu"));

    public ApplicationPoolFailure Failure => new(ChildLocation("failure"));

    public ApplicationPoolProcessModel ProcessModel => new(ChildLocation("processModel"));

    public ApplicationPoolRecycling Recycling => new(ChildLocation("recycling"));

    /// <exception cref="COMException">IIS does not know the pool (yet): it was added and not committed.</exception>
    public ObjectState State => _states.Read(Name);

    public WorkerProcessCollection WorkerProcesses => _states.Workers([Name]);

    /// <exception cref="COMException">The pool is not stopped.</exception>
    public ObjectState Start() => _states.Start(Name);

    /// <exception cref="COMException">The pool is not started.</exception>
    public ObjectState Stop() => _states.Stop(Name);

    /// <exception cref="COMException">The pool is not started.</exception>
    public ObjectState Recycle() => _states.Recycle(Name);
}
