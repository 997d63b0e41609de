namespace Microsoft.Web.Administration;

/// <summary>What IIS does when the worker process of a pool fails.</summary>
public sealed class ApplicationPoolFailure : ConfigurationElement
{
    internal ApplicationPoolFailure(ElementLocation location)
        : base(location)
    {
    }

    public string AutoShutdownExe { get => (string)this["autoShutdownExe"]!; set => this["autoShutdownExe"] = value; }

    public string AutoShutdownParams { get => (string)this["autoShutdownParams"]!; set => this["autoShutdownParams"] = value; }

    /// <summary>The answer while the pool is stopped: 503 (HttpLevel) or a closed connection (TcpLevel).</summary>
    public LoadBalancerCapabilities LoadBalancerCapabilities { get => (LoadBalancerCapabilities)this["loadBalancerCapabilities"]!; set => this["loadBalancerCapabilities"] = value; }

    public string OrphanActionExe { get => (string)this["orphanActionExe"]!; set => this["orphanActionExe"] = value; }

    public string OrphanActionParams { get => (string)this["orphanActionParams"]!; set => this["orphanActionParams"] = value; }

    public bool OrphanWorkerProcess { get => (bool)this["orphanWorkerProcess"]!; set => this["orphanWorkerProcess"] = value; }

    public bool RapidFailProtection { get => (bool)this["rapidFailProtection"]!; set => this["rapidFailProtection"] = value; }

    /// <summary>Whole minutes, 1 minute to 100 days.</summary>
    public TimeSpan RapidFailProtectionInterval { get => (TimeSpan)this["rapidFailProtectionInterval"]!; set => this["rapidFailProtectionInterval"] = value; }

    public long RapidFailProtectionMaxCrashes { get => (long)this["rapidFailProtectionMaxCrashes"]!; set => this["rapidFailProtectionMaxCrashes"] = value; }
}
