namespace Microsoft.Web.Administration;

/// <summary>How requests are refused while a pool is stopped.</summary>
public enum LoadBalancerCapabilities
{
    /// <summary>The connection is closed.</summary>
    TcpLevel = 1,

    /// <summary>503 Service Unavailable.</summary>
    HttpLevel = 2,
}
