namespace Microsoft.Web.Administration;

/// <summary>What happens above the processor limit.</summary>
public enum ProcessorAction
{
    /// <summary>An event is logged.</summary>
    NoAction = 0,

    /// <summary>The worker process is ended.</summary>
    KillW3wp = 1,

    /// <summary>The limit is enforced.</summary>
    Throttle = 2,

    /// <summary>The limit is enforced while others want the processor.</summary>
    ThrottleUnderLoad = 3,
}
