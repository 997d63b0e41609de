namespace Microsoft.Web.Administration;

/// <summary>What happens to an idle worker process.</summary>
public enum IdleTimeoutAction
{
    /// <summary>It is ended.</summary>
    Terminate = 0,

    /// <summary>It is paged out.</summary>
    Suspend = 1,
}
