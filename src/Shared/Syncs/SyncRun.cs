namespace WsusDashboard.Shared.Syncs;

/// <summary>Who saw a synchronization.</summary>
public enum SyncSource
{
    Unknown = 0,

    /// <summary>WSUS, events 381 to 387 of its own history.</summary>
    Wsus = 1,

    /// <summary>Configuration Manager, wsyncmgr.log.</summary>
    ConfigMgr = 2,
}

/// <summary>What started a synchronization.</summary>
public enum SyncTrigger
{
    Unknown = 0,
    Scheduled = 1,
    Manual = 2,
    ParentSite = 3,
}

/// <summary>How a synchronization ended. "Cancelled" is a symptom, not a cause.</summary>
public enum SyncResult
{
    /// <summary>No end is recorded, and another one has started since.</summary>
    Unknown = 0,
    Running = 1,
    Succeeded = 2,
    Failed = 3,
    Cancelled = 4,
}

/// <summary>One synchronization.</summary>
public sealed record SyncRun
{
    /// <summary>Stable and unique on its server: "wsus-" and the start event's instance id, or "mecm-" and the start time in ticks.</summary>
    public required string Id { get; init; }

    public SyncSource Source { get; init; }

    public SyncTrigger Trigger { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>UTC; null while it runs, or where no end is recorded.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public SyncResult Result { get; init; }

    /// <summary>Win32 or HTTP number where one was found; 0 = none.</summary>
    public long ErrorCode { get; init; }

    /// <summary>The reason as the source gives it; WSUS hides it since October 2025 (wsus.md, 2.7).</summary>
    public string ErrorText { get; init; } = "";

    /// <summary>Updates changed by this run, where the source says so.</summary>
    public long? UpdatesChanged { get; init; }

    public TimeSpan? Duration => EndedAt - StartedAt;
}
