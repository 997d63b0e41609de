using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>The newest synchronizations of one server, newest first; a pair that both sources saw stays and goes whole. Pure.</summary>
internal static class RecentSyncRuns
{
    private const int Maximum = 40;

    /// <summary>How many of the newest runs a server's state begins with: one more than it keeps, so that the oldest is not half of a pair by accident.</summary>
    public const int Loaded = Maximum + 1;

    public static List<SyncRun> Newest(IEnumerable<SyncRun> runs)
    {
        var newest = runs.OrderByDescending(run => run.StartedAt).Take(Loaded).ToList();
        RemoveOldest(newest);
        return newest;
    }

    /// <summary>The runs with one more; the newest word about the same id counts.</summary>
    public static List<SyncRun> With(IReadOnlyList<SyncRun> known, SyncRun run)
    {
        var runs = known.Where(other => other.Id != run.Id).ToList();
        var index = runs.FindIndex(other => other.StartedAt <= run.StartedAt);
        runs.Insert(index < 0 ? runs.Count : index, run);
        return runs;
    }

    /// <summary>
    /// Shortens the list. Of a synchronization that failed in the site alone, the half that WSUS tells would look like a good one.
    /// </summary>
    /// <returns>When the last good one of those that went ended (UTC); null where none was good. A server that fails for weeks must not lose that time with them.</returns>
    public static DateTime? Shorten(List<SyncRun> runs)
    {
        if (runs.Count <= Maximum)
        {
            return null;
        }

        var uncounted = SyncPairing.FindUncounted(runs);
        return RemoveOldest(runs)
            .Where(run => run.Result == SyncResult.Succeeded && !uncounted.Contains(run.Id))
            .Max(run => (DateTime?)(run.EndedAt ?? run.StartedAt).UtcDateTime);
    }

    private static List<SyncRun> RemoveOldest(List<SyncRun> runs)
    {
        var old = runs.Skip(Maximum).ToList();
        var gone = old.Concat(old.Select(run => SyncPairing.FindPartner(run, runs)).OfType<SyncRun>()).DistinctBy(run => run.Id).ToList();
        runs.RemoveAll(gone.Contains);
        return gone;
    }
}
