using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Client;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Repairs;

/// <summary>This server, through the agent's own readers.</summary>
internal sealed class ServerAccess(SnapshotStore snapshots, CollectorHost collectors, AgentStore store, WsusClient wsus, ClientProbe clients) : IServerAccess
{
    public Snapshot Current => snapshots.Current;

    public Task RefreshAsync(string section, CancellationToken cancellationToken) => collectors.RefreshAsync(section, cancellationToken);

    public void SetBusy(bool isBusy) => collectors.SetBusy(isBusy);

    public Task PublishAsync(AgentEvent agentEvent, CancellationToken cancellationToken) => store.AppendEventAsync(agentEvent, cancellationToken);

    public SqliteConnection OpenStore() => store.OpenConnection();

    public Task StartWsusSyncAsync(CancellationToken cancellationToken) => wsus.StartSyncAsync(cancellationToken);

    public Task StopWsusSyncAsync(CancellationToken cancellationToken) => wsus.StopSyncAsync(cancellationToken);

    public Task<IReadOnlyList<SyncRun>> ReadWsusHistoryAsync(DateTimeOffset since, CancellationToken cancellationToken) => wsus.ReadHistoryAsync(since, cancellationToken);

    public Task<WsusCounts> ReadWsusCountsAsync(CancellationToken cancellationToken) => wsus.ReadCountsAsync(cancellationToken);

    public Task<ClientState?> AskClientsAsync(ProbeRound round, CancellationToken cancellationToken) =>
        clients.AskAsync(round with { LastKnownPool = Current.Iis.Value?.WsusPool }, cancellationToken);

    public IReadOnlyList<SyncRun> ListKnownSyncRuns(DateTimeOffset since)
    {
        try
        {
            return store.ListSyncRuns(ContractLimits.MaximumSyncRunPageSize, "", since).Runs;
        }
        catch (StoreException exception)
        {
            throw new EdgeException(ReadFailure.Unavailable, exception.Message, exception);
        }
    }
}
