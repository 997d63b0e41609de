using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Snapshots;

/// <summary>State of the WSUS subscription; numbers of GetSubscriptionState (wsus.md, 1.3).</summary>
public enum SubscriptionState
{
    Unknown = 0,
    NotRunning = 1,
    RunRequested = 2,
    Working = 3,
    Failed = 4,
    CancelRequested = 5,
}

/// <summary>Phase of a running synchronization; numbers of GetServerSyncProgress plus one, so that 0 is Unknown.</summary>
public enum SyncPhase
{
    Unknown = 0,
    NotProcessing = 1,
    Updates = 2,
    Approvals = 3,
    Categories = 4,
}

/// <summary>Who told a number of WSUS.</summary>
public enum WsusSource
{
    /// <summary>The administration service of WSUS itself.</summary>
    AdministrationService = 0,

    /// <summary>SUSDB, read only, because the administration service does not answer.</summary>
    Database = 1,
}

/// <summary>WSUS as its own administration service tells it.</summary>
public sealed record WsusState
{
    /// <summary>Version of WSUS, for example "10.0.20348.1".</summary>
    public string Version { get; init; } = "";

    public int Port { get; init; }

    public bool UsesTls { get; init; }

    public SubscriptionState SubscriptionState { get; init; }

    /// <summary>Progress of the running synchronization; null while none runs.</summary>
    public SyncProgress? Progress { get; init; }

    /// <summary>UTC; null when synchronizations are started by hand or by Configuration Manager.</summary>
    public DateTimeOffset? NextSyncAt { get; init; }

    public bool SynchronizesAutomatically { get; init; }

    /// <summary>Counts as WSUS knows them; null before the first read.</summary>
    public WsusCounts? Counts { get; init; }

    /// <summary>UTC time of the read of <see cref="Counts"/>, which is rarer than the section's own.</summary>
    public DateTimeOffset? CountsReadAt { get; init; }

    /// <summary>Who told <see cref="Counts"/>. The database tells updates, declined updates and computers; the other counts are 0 then.</summary>
    public WsusSource CountsSource { get; init; }

    /// <summary>Who told the history at its newest read.</summary>
    public WsusSource HistorySource { get; init; }

    /// <summary>Why <see cref="Counts"/> are absent or older than they should be, for a person; empty where they are neither.</summary>
    public string CountsProblem { get; init; } = "";

    /// <summary>Where this server gets its updates: "Microsoft Update" or the upstream server's name.</summary>
    public string Source { get; init; } = "";

    public bool IsReplica { get; init; }

    public bool UsesProxy { get; init; }

    public string ProxyName { get; init; } = "";

    /// <summary>The SQL Server of SUSDB; empty where the database is on this server only (WID), or where it is not known.</summary>
    public string DatabaseServer { get; init; } = "";

    /// <summary>The host name that WSUS is set up to be reached by, where that is not this server's own: a load balancer's, or an alias. Empty otherwise.</summary>
    public string PublicName { get; init; } = "";

    /// <summary>Full names of the servers that synchronized from this one, or from one below it, in the last 30 days; at most 1,000.</summary>
    public ValueList<string> DownstreamServers { get; init; } = [];

    /// <summary>Products and classifications that are selected; null where they were not read.</summary>
    public int? SubscribedCategories { get; init; }

    /// <summary>How large SUSDB is; null before the first read.</summary>
    public DatabaseSize? Database { get; init; }

    /// <summary>Why <see cref="Database"/> is absent or older than it should be, for a person; empty where it is neither.</summary>
    public string DatabaseProblem { get; init; } = "";

    /// <summary>True while a synchronization is asked for or works.</summary>
    public bool IsSynchronizing => SubscriptionState is SubscriptionState.RunRequested or SubscriptionState.Working or SubscriptionState.CancelRequested;
}

/// <summary>Progress of a running synchronization; both numbers are per phase.</summary>
/// <param name="Phase">What it works on.</param>
/// <param name="Processed">Items done in this phase.</param>
/// <param name="Total">Items of this phase; 0 where not known yet.</param>
/// <param name="StartedAt">UTC start of the synchronization, where known.</param>
public sealed record SyncProgress(SyncPhase Phase, long Processed, long Total, DateTimeOffset? StartedAt);

/// <summary>Counts of ExecuteSPGetUpdateServerStatus.</summary>
public sealed record WsusCounts
{
    public long Updates { get; init; }
    public long Declined { get; init; }
    public long Approved { get; init; }
    public long NotApproved { get; init; }
    public long Expired { get; init; }
    public long NeedingFiles { get; init; }
    public long WithClientErrors { get; init; }
    public long Computers { get; init; }
    public long ComputersNeedingUpdates { get; init; }
    public long ComputersWithErrors { get; init; }
}

/// <summary>How large SUSDB is, and what it says is missing. Rows as SQL Server's own bookkeeping has them (sys.partitions): near enough, and no table is scanned.</summary>
public sealed record DatabaseSize
{
    /// <summary>UTC.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Its data files on disk in KB, without the log.</summary>
    public long DataKilobytes { get; init; }

    /// <summary>As SQL Server calls itself, for example "Express Edition (64-bit)".</summary>
    public string Edition { get; init; } = "";

    /// <summary>The largest data files in KB that the edition allows; null where it has no limit.</summary>
    public long? LimitKilobytes { get; init; }

    /// <summary>Rows of tbUpdate; null where they were not counted.</summary>
    public long? Updates { get; init; }

    /// <summary>Rows of tbRevision.</summary>
    public long? Revisions { get; init; }

    /// <summary>Rows of tbEventInstance: more than a million make its purge slow (wsus.md, 2.7).</summary>
    public long? Events { get; init; }

    /// <summary>Files with licence terms of updates that this server keeps; null where they were not counted.</summary>
    public long? LicenseFiles { get; init; }

    /// <summary>Of <see cref="LicenseFiles"/>, those whose state is not the one that WSUS wants: they are not downloaded, and the site can't take the updates that need them.</summary>
    public long? MissingLicenseFiles { get; init; }
}
