namespace Microsoft.Web.Administration;

/// <summary>A time of day at which the worker process is replaced.</summary>
public sealed class Schedule : ConfigurationElement
{
    internal Schedule(ElementLocation location)
        : base(location)
    {
    }

    /// <summary>Since midnight, whole minutes.</summary>
    public TimeSpan Time { get => (TimeSpan)this["value"]!; set => this["value"] = value; }
}
