using System.Runtime.InteropServices;
using WsusDashboard.Iis.Emulation;
using WsusDashboard.Iis.Emulation.Runtime;

namespace Microsoft.Web.Administration;

/// <summary>An application pool: its settings, and what it is doing now.</summary>
public sealed class ApplicationPool : ConfigurationElement
{
    internal ApplicationPool(ElementPlace place)
        : base(place)
    {
    }

    public string Name => (string)this["name"]!;

    public bool AutoStart
    {
        get => (bool)this["autoStart"]!;
        set => this["autoStart"] = value;
    }

    public bool Enable32BitAppOnWin64
    {
        get => (bool)this["enable32BitAppOnWin64"]!;
        set => this["enable32BitAppOnWin64"] = value;
    }

    public ManagedPipelineMode ManagedPipelineMode
    {
        get => (ManagedPipelineMode)this["managedPipelineMode"]!;
        set => this["managedPipelineMode"] = value;
    }

    /// <summary>"v4.0", "v2.0" or empty for no managed code.</summary>
    public string ManagedRuntimeVersion
    {
        get => (string)this["managedRuntimeVersion"]!;
        set => this["managedRuntimeVersion"] = value;
    }

    /// <summary>Requests that HTTP.sys keeps waiting, 10 to 65535.</summary>
    public long QueueLength
    {
        get => (long)this["queueLength"]!;
        set => this["queueLength"] = value;
    }

    public StartMode StartMode
    {
        get => (StartMode)this["startMode"]!;
        set => this["startMode"] = value;
    }

    public ApplicationPoolCpu Cpu => new(ChildPlace("cpu"));

    public ApplicationPoolFailure Failure => new(ChildPlace("failure"));

    public ApplicationPoolProcessModel ProcessModel => new(ChildPlace("processModel"));

    public ApplicationPoolRecycling Recycling => new(ChildPlace("recycling"));

    /// <exception cref="COMException">IIS does not know the pool (yet): it was added and not committed.</exception>
    public ObjectState State => Runtime.GetState(Name);

    public WorkerProcessCollection WorkerProcesses => new(Runtime, [Name]);

    private IPoolRuntime Runtime => Session.IsCommitted(Name) ? Session.Runtime : throw PoolRefusals.NotKnown(Name);

    /// <exception cref="COMException">The pool is not stopped.</exception>
    public ObjectState Start()
    {
        PoolRefusals.RequireStartable(Name, State);
        return Runtime.Start(Name);
    }

    /// <exception cref="COMException">The pool is not started.</exception>
    public ObjectState Stop()
    {
        PoolRefusals.RequireStarted(Name, State, "stopped");
        return Runtime.Stop(Name);
    }

    /// <exception cref="COMException">The pool is not started.</exception>
    public ObjectState Recycle()
    {
        PoolRefusals.RequireStarted(Name, State, "recycled");
        return Runtime.Recycle(Name);
    }
}
