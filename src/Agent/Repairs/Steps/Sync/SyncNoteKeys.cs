namespace WsusDashboard.Agent.Repairs.Steps.Sync;

/// <summary>What the step that starts a synchronization writes down for itself and for the one that verifies it.</summary>
internal static class SyncNoteKeys
{
    /// <summary>Updates in WSUS before; absent where unknown.</summary>
    public const string WsusBefore = "wsus-before";

    /// <summary>Updates in Configuration Manager before; absent where unknown.</summary>
    public const string ConfigMgrBefore = "configmgr-before";

    /// <summary>UTC time before the first request to WSUS: a synchronization that began after it is ours.</summary>
    public const string AskedAt = "asked-at";

    /// <summary>The same moment on the clock that nobody sets; of the request to Configuration Manager where WSUS wasn't asked.</summary>
    public const string AskedMoment = "asked-moment";

    /// <summary>WSUS has accepted.</summary>
    public const string WsusAccepted = "wsus-accepted";

    /// <summary>UTC time before the request to Configuration Manager.</summary>
    public const string ConfigMgrAskedAt = "configmgr-asked-at";

    /// <summary>Configuration Manager has accepted.</summary>
    public const string ConfigMgrAccepted = "configmgr-accepted";

    /// <summary>Why Configuration Manager was not asked, or refused.</summary>
    public const string ConfigMgrRefusal = "configmgr-refusal";

    /// <summary>Ids of runs of WSUS, with spaces between them, that were there before the request and look newer than it; absent where there are none.</summary>
    public const string WsusKnownRuns = "wsus-known-runs";

    /// <summary>The same of Configuration Manager.</summary>
    public const string ConfigMgrKnownRuns = "configmgr-known-runs";

    /// <summary>WSUS and this agent share a clock, but WSUS rounds the times of its history.</summary>
    public static TimeSpan ClockSlack { get; } = TimeSpan.FromSeconds(3);
}
