using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Repairs.Steps.Sync;

/// <summary>What is known of a repair's synchronization once it has ended, or was given up: what its verdict rests on.</summary>
internal sealed record SyncEvidence
{
    public required string ComputerName { get; init; }

    /// <summary>UTC time of the request.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>WSUS's run; null where none began, or WSUS was not asked.</summary>
    public SyncRun? WsusRun { get; init; }

    /// <summary>Configuration Manager's run; null where it was not asked, or none began.</summary>
    public SyncRun? ConfigMgrRun { get; init; }

    /// <summary>Why nothing more was waited for; null where both have ended by themselves.</summary>
    public string? GivenUp { get; init; }

    /// <summary>Why Configuration Manager was not asked although this is a site server; null where it was, or this is none.</summary>
    public string? ConfigMgrRefusal { get; init; }

    public long? WsusBefore { get; init; }
    public long? WsusAfter { get; init; }
    public long? ConfigMgrBefore { get; init; }
    public long? ConfigMgrAfter { get; init; }

    /// <summary>State of the pool at the end.</summary>
    public PoolState PoolState { get; init; }

    public string PoolName { get; init; } = "";

    /// <summary>Recycles of the pool at its memory limit since the request (WAS 5117); null where the event log cannot be read.</summary>
    public int? MemoryRecycles { get; init; }

    /// <summary>True where this run changed settings that Undo can restore.</summary>
    public bool HasChangedSettings { get; init; }
}
