using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Client;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Repairs;

/// <summary>What a repair needs from outside of itself: readings of this server, WSUS, the agent's file. Windows itself is reached through the edges.</summary>
internal interface IServerAccess
{
    /// <summary>The last snapshot.</summary>
    Snapshot Current { get; }

    /// <summary>Reads one section now; a failed read is told by the section, not thrown.</summary>
    Task RefreshAsync(string section, CancellationToken cancellationToken);

    /// <summary>True: read every section at the busy interval.</summary>
    void SetBusy(bool isBusy);

    /// <summary>Appends an event for the hub.</summary>
    Task PublishAsync(AgentEvent agentEvent, CancellationToken cancellationToken);

    /// <summary>Opens the agent's SQLite file.</summary>
    SqliteConnection OpenStore();

    /// <summary>Asks WSUS for a synchronization.</summary>
    /// <exception cref="Windows.EdgeException">WSUS is not installed, or did not accept.</exception>
    Task StartWsusSyncAsync(CancellationToken cancellationToken);

    /// <summary>Asks WSUS to stop its synchronization.</summary>
    /// <exception cref="Windows.EdgeException">WSUS is not installed, or did not accept.</exception>
    Task StopWsusSyncAsync(CancellationToken cancellationToken);

    /// <summary>The runs that WSUS itself has recorded since a moment.</summary>
    /// <exception cref="Windows.EdgeException">WSUS is not installed, or did not answer.</exception>
    Task<IReadOnlyList<SyncRun>> ReadWsusHistoryAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Counts as WSUS knows them now.</summary>
    /// <exception cref="Windows.EdgeException">WSUS is not installed, or did not answer.</exception>
    Task<WsusCounts> ReadWsusCountsAsync(CancellationToken cancellationToken);

    /// <summary>Asks WSUS once as its clients do.</summary>
    /// <returns>Null where there is no WSUS.</returns>
    /// <exception cref="Windows.EdgeException">It cannot be asked.</exception>
    Task<ClientState?> AskClientsAsync(ProbeRound round, CancellationToken cancellationToken);

    /// <summary>The runs of both sources that the agent knows, since a moment; newest first.</summary>
    /// <exception cref="Windows.EdgeException">The agent's file cannot be read.</exception>
    IReadOnlyList<SyncRun> ListKnownSyncRuns(DateTimeOffset since);
}
