using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Metrics;

/// <summary>
/// Counts synchronizations that ended since this program first was asked, as a counter has to: it never falls. It looks at the newest runs in memory whenever somebody asks, so it misses none as long as somebody
/// asks before forty more have ended on one server. Threading: any thread; one asks after another.
/// </summary>
internal sealed class SyncCounters
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Counter> _servers = [];

    /// <summary>Ended ones of each of these servers by result; those that are gone are forgotten.</summary>
    public IReadOnlyDictionary<int, IReadOnlyDictionary<SyncResult, long>> Count(IReadOnlyList<LiveServer> servers)
    {
        lock (_gate)
        {
            var here = servers.Select(server => server.Id).ToHashSet();
            foreach (var gone in _servers.Keys.Where(id => !here.Contains(id)).ToList())
            {
                _servers.Remove(gone);
            }

            return servers.ToDictionary(server => server.Id, Count);
        }
    }

    private IReadOnlyDictionary<SyncResult, long> Count(LiveServer server)
    {
        var ended = server.RecentSyncs.Where(run => run.EndedAt is not null && run.Result is SyncResult.Succeeded or SyncResult.Failed or SyncResult.Cancelled).ToList();
        if (!_servers.TryGetValue(server.Id, out var counter))
        {
            // What ended before is history, not a rise.
            counter = _servers[server.Id] = new();
            counter.Seen.UnionWith(ended.Select(run => run.Id));
        }

        foreach (var run in ended.Where(run => counter.Seen.Add(run.Id)))
        {
            counter.Results[run.Result]++;
        }

        counter.Seen.IntersectWith(server.RecentSyncs.Select(run => run.Id));
        return new Dictionary<SyncResult, long>(counter.Results);
    }

    private sealed class Counter
    {
        public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

        public Dictionary<SyncResult, long> Results { get; } = new() { [SyncResult.Succeeded] = 0, [SyncResult.Failed] = 0, [SyncResult.Cancelled] = 0 };
    }
}
