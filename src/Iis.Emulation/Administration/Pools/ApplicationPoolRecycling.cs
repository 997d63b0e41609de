namespace Microsoft.Web.Administration;

/// <summary>When a pool replaces its worker process.</summary>
public sealed class ApplicationPoolRecycling : ConfigurationElement
{
    internal ApplicationPoolRecycling(ElementLocation location)
        : base(location)
    {
    }

    public bool DisallowOverlappingRotation { get => (bool)this["disallowOverlappingRotation"]!; set => this["disallowOverlappingRotation"] = value; }

    public bool DisallowRotationOnConfigChange { get => (bool)this["disallowRotationOnConfigChange"]!; set => this["disallowRotationOnConfigChange"] = value; }

    public RecyclingLogEventOnRecycle LogEventOnRecycle { get => (RecyclingLogEventOnRecycle)this["logEventOnRecycle"]!; set => this["logEventOnRecycle"] = value; }

    public ApplicationPoolPeriodicRestart PeriodicRestart => new(ChildLocation("periodicRestart"));
}
