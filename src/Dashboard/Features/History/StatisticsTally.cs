using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Everything about synchronizations at once: one visit a run, and the viewer's clock read once for all that need it.</summary>
internal sealed class StatisticsTally(DayCalendar calendar, SiteOfServers sites) : ISyncVisitor
{
    private const int HoursPerDay = 24;
    private const int SecondsPerHour = 60 * 60;

    private readonly LocalClock _clock = calendar.CreateClock();
    private readonly int _lastDay = calendar.Days.Count - 1;

    public DayTally Days { get; } = new(calendar, sites.OfServer, sites.Names.Count);

    public WeekTally Week { get; } = new(calendar);

    public CauseTally Causes { get; } = new();

    public DurationTally Durations { get; } = new(calendar);

    public RepairTally Repairs { get; } = new(sites.OfServer.Length);

    public int Bytes => Days.Bytes + Durations.Bytes + Repairs.Bytes;

    /// <summary>Adds a stretch of time that follows on what was counted so far.</summary>
    /// <param name="next">Of the same servers.</param>
    /// <param name="shift">Index here of its first day.</param>
    public void Add(StatisticsTally next, int shift)
    {
        Days.Add(next.Days, shift);
        Week.Add(next.Week);
        Causes.Add(next.Causes);
        Durations.Add(next.Durations, shift);
        Repairs.Add(next.Repairs);
    }

    public void Visit(int server, in PackedRun run)
    {
        if (!run.IsCounted)
        {
            return;
        }

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
