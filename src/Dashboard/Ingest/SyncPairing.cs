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
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(12);

    /// <summary>Ids of the runs that are not counted.</summary>
    public static IReadOnlySet<string> FindUncounted(IEnumerable<SyncRun> runs)
    {
        var ordered = runs.OrderBy(run => run.StartedAt).ToList();
        var free = ordered.Where(run => run.Source == SyncSource.Wsus).ToList();
        var uncounted = new HashSet<string>();
        foreach (var managed in ordered.Where(run => run.Source == SyncSource.ConfigMgr))
        {
            var end = managed.EndedAt ?? managed.StartedAt + LongestRun;
            var partner = free.Find(run => run.StartedAt >= managed.StartedAt - Tolerance && run.StartedAt <= end);
            if (partner is not null)
            {
                free.Remove(partner);
                uncounted.Add(IsWorse(managed.Result, partner.Result) ? partner.Id : managed.Id);
            }
        }

        return uncounted;
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
