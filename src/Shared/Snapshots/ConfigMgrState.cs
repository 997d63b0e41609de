using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Snapshots;

/// <summary>Configuration Manager's view of the software update point.</summary>
public sealed record ConfigMgrState
{
    /// <summary>Three characters, for example "BRN".</summary>
    public string SiteCode { get; init; } = "";

    /// <summary>The computer that runs the SMS Provider.</summary>
    public string ProviderComputer { get; init; } = "";

    public ValueList<SupSyncStatus> SoftwareUpdatePoints { get; init; } = [];

    /// <summary>Rows of SMS_SoftwareUpdate: what "All Software Updates" shows; null where it could not be counted.</summary>
    public long? SoftwareUpdateCount { get; init; }

    /// <summary>What is known of reading wsyncmgr.log; null where there is no such file.</summary>
    public LogReadState? SyncLog { get; init; }

    /// <summary>Progress of the synchronization as wsyncmgr.log tells it; null while none runs.</summary>
    public ConfigMgrSyncProgress? Progress { get; init; }

    /// <summary>The components that synchronize, as the component summarizer tells; empty where it tells nothing.</summary>
    public ValueList<SiteComponent> Components { get; init; } = [];

    /// <summary>What the answers of the SMS Provider leave open, for a person: rights give fewer rows, not an error. Empty where they leave nothing open.</summary>
    public string Note { get; init; } = "";

    /// <summary>False where synchronizations run only on request; null where it could not be read.</summary>
    public bool? HasSyncSchedule { get; init; }

    /// <summary>How the software update point is set up in the site; null where it was not read.</summary>
    public SiteSyncSettings? Settings { get; init; }

    /// <summary>How far Configuration Manager came when it last set WSUS up; null where WCM.log is not here or says nothing of it.</summary>
    public WsusConfiguration? WsusConfiguration { get; init; }
}

/// <summary>What WCM.log says of setting WSUS up as the site wants it (configmgr.md, 5b); the site tries it every hour.</summary>
public sealed record WsusConfiguration
{
    public const int Success = 2;
    public const int Failed = 3;

    /// <summary>The log's own number: 0 none, 1 pending, 2 success, 3 failed, 4 subscription pending.</summary>
    public int State { get; init; }

    /// <summary>UTC time of the state.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The newest line since the last success that says what went wrong, as it stands; empty where none does.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Products and classifications that the site has selected and WSUS does not know, as the log names them, since the last success; at most 50.</summary>
    public ValueList<string> UnknownCategories { get; init; } = [];
}

/// <summary>Status of a component; numbers of SMS_ComponentSummarizer plus one, so that 0 is Unknown.</summary>
public enum ComponentHealth
{
    Unknown = 0,
    Ok = 1,
    Warning = 2,
    Critical = 3,
}

/// <summary>One row of SMS_ComponentSummarizer: what a component counted since midnight of the site server.</summary>
public sealed record SiteComponent
{
    /// <summary>For example "SMS_WSUS_SYNC_MANAGER".</summary>
    public required string Name { get; init; }

    /// <summary>The computer that runs it.</summary>
    public string Computer { get; init; } = "";

    public ComponentHealth Health { get; init; }

    public bool IsStarted { get; init; }

    public int Errors { get; init; }

    public int Warnings { get; init; }
}

/// <summary>What the site says about synchronizing (configmgr.md, 2e); what was not read is null.</summary>
public sealed record SiteSyncSettings
{
    /// <summary>WSUSIISPort: the port that the site uses without TLS.</summary>
    public int? Port { get; init; }

    /// <summary>WSUSIISSSLPort: the port that the site uses with TLS.</summary>
    public int? TlsPort { get; init; }

    /// <summary>SSLWSUS.</summary>
    public bool? UsesTls { get; init; }

    /// <summary>Rows of SMS_SoftwareUpdate that are expired.</summary>
    public long? ExpiredUpdates { get; init; }

    /// <summary>Products and classifications that are selected: rows of SMS_UpdateCategoryInstance with IsSubscribed.</summary>
    public int? SubscribedCategories { get; init; }
}

/// <summary>One row of SMS_SUPSyncStatus.</summary>
public sealed record SupSyncStatus
{
    public required string ServerName { get; init; }
    public string SiteCode { get; init; } = "";

    /// <summary>"Microsoft Update" or the upstream server.</summary>
    public string Source { get; init; } = "";

    /// <summary>LastSyncState as a number: 6702 done, 6703 failed, 6704 to 6706 in progress… (configmgr.md, 2b).</summary>
    public int LastSyncState { get; init; }

    public DateTimeOffset? LastSyncStateAt { get; init; }

    /// <summary>0 = no error.</summary>
    public long LastSyncErrorCode { get; init; }

    public DateTimeOffset? LastSuccessfulSyncAt { get; init; }

    public long CatalogVersion { get; init; }

    /// <summary>ReplicationLinkStatus: 0 healthy, 1 degraded, 2 error; null where it was not read.</summary>
    public int? ReplicationLinkStatus { get; init; }

    /// <summary>True while it is not known whether the site tells these times in UTC or in its local time; they then stand here as if they were UTC.</summary>
    public bool AreTimesUncertain { get; init; }

    /// <summary>The last success, as early as it may have been: one that is old must not look new because its zone is not known.</summary>
    public DateTimeOffset? EarliestSuccess() => AreTimesUncertain ? LastSuccessfulSyncAt - LargestOffset : LastSuccessfulSyncAt;

    /// <summary>No local time is further ahead of UTC.</summary>
    private static readonly TimeSpan LargestOffset = TimeSpan.FromHours(14);
}

/// <summary>How the reading of a log file goes.</summary>
public sealed record LogReadState
{
    public required string Path { get; init; }

    /// <summary>Bytes of the current file that were read.</summary>
    public long Position { get; init; }

    public long LinesRead { get; init; }

    /// <summary>Lines that were too long or could not be decoded, since the agent first saw the file.</summary>
    public long LinesSkipped { get; init; }

    /// <summary>What stops the reading at present ("locked by another process"); null while all is well.</summary>
    public string? Problem { get; init; }
}

/// <summary>Progress lines of wsyncmgr.log.</summary>
/// <param name="Phase">For a person, for example "WSUS synchronizing updates".</param>
/// <param name="Processed">Items done.</param>
/// <param name="Total">Items of this phase; 0 where not known.</param>
/// <param name="At">UTC time of the line.</param>
public sealed record ConfigMgrSyncProgress(string Phase, long Processed, long Total, DateTimeOffset At);
