namespace WsusDashboard.PowerShell.Output;

/// <summary>How a server is.</summary>
public enum WsdHealth
{
    /// <summary>Nothing was read yet.</summary>
    Unknown,

    /// <summary>All is well.</summary>
    Healthy,

    /// <summary>Something needs attention.</summary>
    Warning,

    /// <summary>Something doesn't work.</summary>
    Critical,

    /// <summary>It hasn't answered for longer than the grace time.</summary>
    Unreachable,
}

/// <summary>What is going on with a server, whatever its health.</summary>
public enum WsdCondition
{
    /// <summary>It's watched.</summary>
    Watched,

    /// <summary>Its history is still being read.</summary>
    ReadingHistory,

    /// <summary>A repair is running.</summary>
    BeingRepaired,

    /// <summary>Its agent broke the contract.</summary>
    Quarantined,

    /// <summary>What its agent says can't be assessed.</summary>
    NotAssessable,
}

/// <summary>How much something matters.</summary>
public enum WsdSeverity
{
    /// <summary>Good to know.</summary>
    Information,

    /// <summary>It needs attention.</summary>
    Warning,

    /// <summary>Something doesn't work, or is open to attack.</summary>
    Critical,
}

/// <summary>How far a problem is.</summary>
public enum WsdProblemState
{
    /// <summary>It's there.</summary>
    Open,

    /// <summary>A repair is running against it.</summary>
    BeingRepaired,

    /// <summary>A repair ended, and nothing proves yet that it helped.</summary>
    Unproven,

    /// <summary>It's gone.</summary>
    Resolved,
}

/// <summary>What the servers of a problem have in common.</summary>
public enum WsdProblemKind
{
    /// <summary>Nothing: it's one server's own.</summary>
    Server,

    /// <summary>Their upstream server.</summary>
    Upstream,

    /// <summary>Microsoft Update isn't answering.</summary>
    Outage,

    /// <summary>Their part of the network.</summary>
    Segment,

    /// <summary>It's about posture.</summary>
    Posture,
}

/// <summary>How a sync ended.</summary>
public enum WsdSyncResult
{
    /// <summary>It can't be told.</summary>
    Unknown,

    /// <summary>It's running.</summary>
    Running,

    /// <summary>It succeeded.</summary>
    Succeeded,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>Someone stopped it.</summary>
    Cancelled,
}

/// <summary>Who saw a sync.</summary>
public enum WsdSyncSource
{
    /// <summary>It can't be told.</summary>
    Unknown,

    /// <summary>WSUS.</summary>
    Wsus,

    /// <summary>Configuration Manager.</summary>
    ConfigMgr,
}

/// <summary>How far a repair is.</summary>
public enum WsdRepairState
{
    /// <summary>It can't be told.</summary>
    Unknown,

    /// <summary>It's running.</summary>
    Running,

    /// <summary>All steps are done, and the verification holds.</summary>
    Succeeded,

    /// <summary>A step failed, or the problem is still there.</summary>
    Failed,

    /// <summary>Someone stopped it.</summary>
    Cancelled,

    /// <summary>Someone on the server has to approve it first.</summary>
    WaitingForApproval,

    /// <summary>The new settings stay, but nothing proves that they help.</summary>
    NotProven,

    /// <summary>It undid itself.</summary>
    RolledBack,
}

/// <summary>What a finding about posture is about.</summary>
public enum WsdPostureKind
{
    /// <summary>It can't be told.</summary>
    Unknown,

    /// <summary>A vulnerability that isn't fixed.</summary>
    Vulnerability,

    /// <summary>A product whose support ends or has ended.</summary>
    EndOfLife,

    /// <summary>TLS.</summary>
    Tls,

    /// <summary>The certificate of WSUS's site.</summary>
    Certificate,

    /// <summary>Who can reach WSUS's ports.</summary>
    Exposure,

    /// <summary>WSUS is installed and unused.</summary>
    UnusedRole,

    /// <summary>A published sign of an attack.</summary>
    CompromiseSign,

    /// <summary>Readiness for updates as Microsoft delivers them now.</summary>
    Uup,
}

/// <summary>What a finding about posture says.</summary>
public enum WsdPostureAnswer
{
    /// <summary>It can't be said, and the finding says why.</summary>
    CannotSay,

    /// <summary>It is so.</summary>
    Found,

    /// <summary>It is so, although a part of the fix is there.</summary>
    PartlyFixed,
}
