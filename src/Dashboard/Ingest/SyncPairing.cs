using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>
/// On a site server one synchronization is seen twice: by WSUS and by Configuration Manager. Of the two views one is counted: the worse result,
/// because a failed import is a failure to those who wait for updates; else that of WSUS, which has the exact times.
/// </summary>
internal static class SyncPairing
{
    /// <summary>Configuration Manager asks WSUS at most this long before its own line says so, as clocks and log buffers go.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    /// <summary>A run without an end is taken to last no longer than this.</summary>
    public static readonly TimeSpan LongestRun = TimeSpan.FromHours(12);

    /// <summary>Ids of the runs that are not counted.</summary>
    public static IReadOnlySet<string> FindUncounted(IEnumerable<SyncRun> runs) =>
        FindPairs(runs).Select(pair => IsWorse(pair.Managed.Result, pair.Wsus.Result) ? pair.Wsus.Id : pair.Managed.Id).ToHashSet();

    /// <summary>The synchronizations that both sources saw, by both views; no run stands in two of them.</summary>
    public static IReadOnlyList<(SyncRun Wsus, SyncRun Managed)> FindPairs(IEnumerable<SyncRun> runs)
    {
        var ordered = runs.OrderBy(run => run.StartedAt).ToList();
        var free = ordered.Where(run => run.Source == SyncSource.Wsus).ToList();
        var pairs = new List<(SyncRun Wsus, SyncRun Managed)>();
        foreach (var managed in ordered.Where(run => run.Source == SyncSource.ConfigMgr))
        {
            if (free.Find(run => IsPair(managed, run)) is { } partner)
            {
                free.Remove(partner);
                pairs.Add((partner, managed));
            }
        }

        return pairs;
    }

    /// <summary>The other source's view of the same synchronization; null where it has none.</summary>
    public static SyncRun? FindPartner(SyncRun run, IEnumerable<SyncRun> runs) => runs.FirstOrDefault(other => other.Source != run.Source
        && (run.Source == SyncSource.ConfigMgr ? IsPair(run, other) : IsPair(other, run)));

    private static bool IsPair(SyncRun managed, SyncRun wsus) =>
        managed.Source == SyncSource.ConfigMgr && wsus.Source == SyncSource.Wsus
        && wsus.StartedAt >= managed.StartedAt - Tolerance && wsus.StartedAt <= (managed.EndedAt ?? managed.StartedAt + LongestRun);

    private static bool IsWorse(SyncResult managed, SyncResult wsus) =>
        wsus == SyncResult.Succeeded && managed is (SyncResult.Failed or SyncResult.Cancelled);
}
