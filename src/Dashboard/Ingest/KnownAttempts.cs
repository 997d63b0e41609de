using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What a server's synchronizations say about its source, read anew only where something of it is new: the list is the same object otherwise. Threading: belongs to its server's state, under the state's lock.</summary>
internal sealed class KnownAttempts
{
    private IReadOnlyList<SourceAttempt> _attempts = [];
    private (string Site, string? Source, bool? UsesProxy, string? Proxy) _from = ("", null, null, null);
    private bool _isNew = true;

    /// <summary>A run or its evidence is new.</summary>
    public void Renew() => _isNew = true;

    public IReadOnlyList<SourceAttempt> Read(ServerIdentity identity, Snapshot? snapshot, IReadOnlyList<SyncRun> recentSyncs, RecentEvidence evidence)
    {
        var wsus = snapshot?.Wsus.Value;
        var from = (identity.Site, wsus?.Source, wsus?.UsesProxy, wsus?.ProxyName);
        if (_isNew || from != _from)
        {
            (_attempts, _from, _isNew) = (SourceAttempts.Of(identity, snapshot, recentSyncs, evidence.LinesOf), from, false);
        }

        return _attempts;
    }
}
