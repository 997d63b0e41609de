using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Everything about synchronizations at once: the viewer's clock is read once a run for all that need it.</summary>
internal sealed class StatisticsCounts(DayCalendar calendar, SiteOfServers sites) : ISyncRunCounts
{
    private const int HoursPerDay = 24;
    private const int SecondsPerHour = 60 * 60;

    private readonly LocalClock _clock = calendar.CreateClock();
    private readonly int _lastDay = calendar.Days.Count - 1;

    public DayCounts Days { get; } = new(calendar, sites.OfServer, sites.Names.Count);

    public WeekCounts Week { get; } = new(calendar);

    public CauseCounts Causes { get; } = new();

    public DurationCounts Durations { get; } = new(calendar);

    public RecoveryTimes Repairs { get; } = new(sites.OfServer.Length);

    public void Add(int server, long periodStart, ReadOnlySpan<ulong> runs)
    {
        foreach (var bits in runs)
        {
            var run = new PackedRun(periodStart, bits);
            if (run.IsCounted)
            {
                Add(server, run);
            }
        }
    }

    private void Add(int server, PackedRun run)
    {
        var hour = (int)(_clock.ToLocal(run.StartedAt) / SecondsPerHour);
        var day = Math.Min(hour / HoursPerDay, _lastDay);
        Days.Add(server, day, run.Result);
        Week.Add(hour, run.Result);
        if (run.Result is not (SyncResult.Succeeded or SyncResult.Failed or SyncResult.Cancelled))
        {
            return;
        }

        Repairs.Add(server, run);
        if (run.Seconds >= 0)
        {
            Durations.Add(day, run);
        }

        if (run.IsBad)
        {
            Causes.Add(run);
        }
    }
}
