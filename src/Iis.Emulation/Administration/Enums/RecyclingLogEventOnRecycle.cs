namespace Microsoft.Web.Administration;

/// <summary>Which recyclings are logged.</summary>
[Flags]
public enum RecyclingLogEventOnRecycle
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The regular interval.</summary>
    Time = 1,

    /// <summary>The number of requests.</summary>
    Requests = 2,

    /// <summary>A time of day.</summary>
    Schedule = 4,

    /// <summary>Virtual memory.</summary>
    Memory = 8,

    /// <summary>An ISAPI extension that says it is unhealthy.</summary>
    IsapiUnhealthy = 16,

    /// <summary>An administrator.</summary>
    OnDemand = 32,

    /// <summary>A change of configuration.</summary>
    ConfigChange = 64,

    /// <summary>Private memory.</summary>
    PrivateMemory = 128,
}
