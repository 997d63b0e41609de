namespace Microsoft.Web.Administration;

/// <summary>Which ends of a worker process are logged.</summary>
[Flags]
public enum ProcessModelLogEventOnProcessModel
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>An idle time-out.</summary>
    IdleTimeout = 1,
}
