using Microsoft.Data.Sqlite;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Remediation;

/// <summary>What a repair needs from the rest of the agent: readings, WSUS, the store. Windows itself is reached through the edges.</summary>
public sealed record ServerAccess
{
    /// <summary>The last snapshot.</summary>
    public required Func<Snapshot> Current { get; init; }

    /// <summary>Reads one section now; a failed read is told by the section, not thrown.</summary>
    public required Func<string, CancellationToken, Task> RefreshAsync { get; init; }

    /// <summary>True: read every section at the busy interval.</summary>
    public required Action<bool> SetBusy { get; init; }

    /// <summary>Appends an event for the hub.</summary>
    public required Func<AgentEvent, CancellationToken, Task> PublishAsync { get; init; }

    /// <summary>Opens the agent's SQLite file.</summary>
    public required Func<SqliteConnection> OpenStore { get; init; }

    /// <summary>Asks WSUS for a synchronization.</summary>
    public required Func<CancellationToken, Task> StartWsusSyncAsync { get; init; }

    /// <summary>Asks WSUS to stop its synchronization.</summary>
    public required Func<CancellationToken, Task> StopWsusSyncAsync { get; init; }

    /// <summary>The runs that WSUS itself has recorded since a moment.</summary>
    public required Func<DateTimeOffset, CancellationToken, Task<IReadOnlyList<SyncRun>>> ReadWsusHistoryAsync { get; init; }

    /// <summary>The runs of both sources that the agent knows, since a moment; newest first.</summary>
    public required Func<DateTimeOffset, CancellationToken, Task<IReadOnlyList<SyncRun>>> ReadKnownSyncRunsAsync { get; init; }

    /// <summary>Counts as WSUS knows them now.</summary>
    public required Func<CancellationToken, Task<WsusCounts?>> ReadWsusCountsAsync { get; init; }
}
