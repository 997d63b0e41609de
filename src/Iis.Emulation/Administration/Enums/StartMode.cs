namespace Microsoft.Web.Administration;

/// <summary>When a pool starts its worker process.</summary>
public enum StartMode
{
    /// <summary>With the first request.</summary>
    OnDemand = 0,

    /// <summary>With the pool.</summary>
    AlwaysRunning = 1,
}
