using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Evidence;

/// <summary>Of which times the logs are looked at for one run that did not succeed.</summary>
/// <param name="Run">Around the run itself.</param>
/// <param name="Good">Around earlier runs that succeeded, newest first: what stands there too explains no failure.</param>
internal sealed record RunWindows(TimeWindow Run, IReadOnlyList<TimeWindow> Good)
{
    /// <summary>So many good runs are compared with.</summary>
    public const int MostGoodRuns = 5;

    /// <summary>The site configures WSUS once an hour, and says only then what it could not do.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(75);

    private static readonly TimeSpan After = TimeSpan.FromMinutes(10);

    /// <summary>One that has no end is looked at until the next one began, but not for longer.</summary>
    private static readonly TimeSpan LongestWithoutEnd = TimeSpan.FromHours(24);

    /// <summary>WSUS and Configuration Manager tell of one synchronization with a little time between.</summary>
    private static readonly TimeSpan SameRun = TimeSpan.FromMinutes(5);

    /// <param name="run">The run that did not succeed.</param>
    /// <param name="runs">Runs of both sources around it, in any order.</param>
    /// <param name="now">UTC.</param>
    public static RunWindows Of(SyncRun run, IReadOnlyList<SyncRun> runs, DateTimeOffset now)
    {
        var end = run.EndedAt is { } endedAt ? endedAt + After : FindEndOf(run, runs, now);
        var good = runs
            .Where(other => other.Source == run.Source && other.Result is SyncResult.Succeeded && other.EndedAt is not null && other.StartedAt < run.StartedAt && !runs.Any(view => IsBadViewOf(other, view)))
            .OrderByDescending(other => other.StartedAt)
            .Take(MostGoodRuns)
            .Select(other => Around(other, runs));
        return new RunWindows(new TimeWindow(run.StartedAt - Before, end), [.. good]);
    }

    /// <summary>The end of the time that is looked at for a run without an end.</summary>
    private static DateTimeOffset FindEndOf(SyncRun run, IReadOnlyList<SyncRun> runs, DateTimeOffset now)
    {
        var next = runs.Where(other => other.Source == run.Source && other.StartedAt > run.StartedAt).Min(other => (DateTimeOffset?)other.StartedAt) ?? now;
        var latest = run.StartedAt + LongestWithoutEnd;
        return next < latest ? next : latest;
    }

    /// <summary>WSUS was content, the site was not, or the other way round: such a run is no witness.</summary>
    private static bool IsBadViewOf(SyncRun good, SyncRun other) =>
        other.Source != good.Source && other.Result is not (SyncResult.Succeeded or SyncResult.Running)
        && other.StartedAt - SameRun <= good.EndedAt && good.StartedAt <= (other.EndedAt ?? other.StartedAt) + SameRun;

    /// <summary>As around a failed run, but without the time of the runs before and after it, whose lines may be those of a failure.</summary>
    private static TimeWindow Around(SyncRun good, IReadOnlyList<SyncRun> runs)
    {
        var previous = runs.Where(other => other.Source == good.Source && other.StartedAt < good.StartedAt).Max(other => (DateTimeOffset?)((other.EndedAt ?? other.StartedAt) + After));
        var next = runs.Where(other => other.Source == good.Source && other.StartedAt > good.StartedAt).Min(other => (DateTimeOffset?)other.StartedAt);
        var from = good.StartedAt - Before;
        var to = good.EndedAt!.Value + After;
        return new TimeWindow(
            previous > good.StartedAt ? good.StartedAt : previous > from ? previous.Value : from,
            next < to ? next.Value : to);
    }
}
