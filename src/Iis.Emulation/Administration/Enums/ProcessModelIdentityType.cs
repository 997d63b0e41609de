namespace Microsoft.Web.Administration;

/// <summary>The account of a worker process.</summary>
public enum ProcessModelIdentityType
{
    /// <summary>LocalSystem.</summary>
    LocalSystem = 0,

    /// <summary>LocalService.</summary>
    LocalService = 1,

    /// <summary>NetworkService; WSUS runs so.</summary>
    NetworkService = 2,

    /// <summary>The account in userName.</summary>
    SpecificUser = 3,

    /// <summary>A virtual account with the name of the pool.</summary>
    ApplicationPoolIdentity = 4,
}
