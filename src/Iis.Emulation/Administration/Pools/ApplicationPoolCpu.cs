namespace Microsoft.Web.Administration;

/// <summary>How much processor time a pool may take.</summary>
public sealed class ApplicationPoolCpu : ConfigurationElement
{
    internal ApplicationPoolCpu(ElementLocation location)
        : base(location)
    {
    }

    /// <summary>In 1/1000 of a percent; 0 = no limit.</summary>
    public long Limit { get => (long)this["limit"]!; set => this["limit"] = value; }

    public ProcessorAction Action { get => (ProcessorAction)this["action"]!; set => this["action"] = value; }

    /// <summary>Whole minutes, at most one day.</summary>
    public TimeSpan ResetInterval { get => (TimeSpan)this["resetInterval"]!; set => this["resetInterval"] = value; }

    public bool SmpAffinitized { get => (bool)this["smpAffinitized"]!; set => this["smpAffinitized"] = value; }

    public long SmpProcessorAffinityMask { get => (long)this["smpProcessorAffinityMask"]!; set => this["smpProcessorAffinityMask"] = value; }

    public long SmpProcessorAffinityMask2 { get => (long)this["smpProcessorAffinityMask2"]!; set => this["smpProcessorAffinityMask2"] = value; }
}
