namespace Microsoft.Web.Administration;

/// <summary>What holds for a pool that does not say otherwise.</summary>
public sealed class ApplicationPoolDefaults : ConfigurationElement
{
    internal ApplicationPoolDefaults(ElementLocation location)
        : base(location)
    {
    }

    public bool AutoStart { get => (bool)this["autoStart"]!; set => this["autoStart"] = value; }

    public bool Enable32BitAppOnWin64 { get => (bool)this["enable32BitAppOnWin64"]!; set => this["enable32BitAppOnWin64"] = value; }

    public ManagedPipelineMode ManagedPipelineMode { get => (ManagedPipelineMode)this["managedPipelineMode"]!; set => this["managedPipelineMode"] = value; }

    public string ManagedRuntimeVersion { get => (string)this["managedRuntimeVersion"]!; set => this["managedRuntimeVersion"] = value; }

    public long QueueLength { get => (long)this["queueLength"]!; set => this["queueLength"] = value; }

    public StartMode StartMode { get => (StartMode)this["startMode"]!; set => this["startMode"] = value; }

    public ApplicationPoolCpu Cpu => new(ChildLocation("cpu"));

    public ApplicationPoolFailure Failure => new(ChildLocation("failure"));

    public ApplicationPoolProcessModel ProcessModel => new(ChildLocation("processModel"));

    public ApplicationPoolRecycling Recycling => new(ChildLocation("recycling"));
}
