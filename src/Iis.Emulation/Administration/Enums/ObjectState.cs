namespace Microsoft.Web.Administration;

/// <summary>What a pool or a site is doing.</summary>
public enum ObjectState
{
    /// <summary>On its way up.</summary>
    Starting = 0,

    /// <summary>Takes requests.</summary>
    Started = 1,

    /// <summary>On its way down.</summary>
    Stopping = 2,

    /// <summary>Takes no requests.</summary>
    Stopped = 3,

    /// <summary>IIS does not say.</summary>
    Unknown = 4,
}
