using System.Collections;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Counts results by group (a site, a server) and day of the viewer.</summary>
internal sealed class DayCounts(DayCalendar calendar, int[] groupOfServer, int groups) : ISyncRunCounts
{
    private const int Results = 5;
    private const int SecondsPerDay = 24 * 60 * 60;

    private readonly int[] _groupOfServer = groupOfServer;
    private readonly int _days = calendar.Days.Count;
    private readonly int[] _counts = new int[Math.Max(1, groups) * calendar.Days.Count * Results];
    private readonly LocalClock _clock = calendar.CreateClock();

    public void Add(int server, long periodStart, ReadOnlySpan<ulong> runs)
    {
        foreach (var bits in runs)
        {
            var run = new PackedRun(periodStart, bits);
            if (run.IsCounted)
            {
                Add(server, Math.Min((int)(_clock.ToLocal(run.StartedAt) / SecondsPerDay), _days - 1), run.Result);
            }
        }
    }

    /// <param name="day">Index of the viewer's day.</param>
    public void Add(int server, int day, SyncResult result) => _counts[(((_groupOfServer[server] * _days) + day) * Results) + (int)result]++;

    public SyncCounts Of(int group, int day)
    {
        var index = ((group * calendar.Days.Count) + day) * Results;
        return new(_counts[index + (int)SyncResult.Succeeded], _counts[index + (int)SyncResult.Cancelled], _counts[index + (int)SyncResult.Failed], _counts[index + (int)SyncResult.Unknown], _counts[index + (int)SyncResult.Running]);
    }

    /// <summary>Each day is made when it is looked at: of fifty sites over three years nobody looks at most.</summary>
    public IReadOnlyList<SyncDay> DaysOf(int group) => new DayList(this, group);

    public IReadOnlyList<SyncDay> DaysOfAll() => [.. Enumerable.Range(0, _days).Select(day => ToDay(day, SyncCounts.Sum(Enumerable.Range(0, groups).Select(group => Of(group, day)))))];

    public SyncCounts TotalOf(int group) => SyncCounts.Sum(Enumerable.Range(0, calendar.Days.Count).Select(day => Of(group, day)));

    private SyncDay ToDay(int index, SyncCounts counts) =>
        new(calendar.Days[index], calendar.Starts[index], calendar.Starts[index + 1], counts.Succeeded, counts.Cancelled, counts.Failed, counts.Unknown, counts.Running);

    private sealed class DayList(DayCounts tally, int group) : IReadOnlyList<SyncDay>
    {
        public int Count => tally._days;

        public SyncDay this[int index] => tally.ToDay(index, tally.Of(group, index));

        public IEnumerator<SyncDay> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

/// <summary>Counts by result, source and whether a run is the counted view of its synchronization.</summary>
internal sealed class ResultCounts : ISyncRunCounts
{
    private readonly int[] _counts = new int[PackedRun.Kinds];

    /// <summary>Of the counted ones.</summary>
    public SyncCounts Total => new(Of(SyncResult.Succeeded), Of(SyncResult.Cancelled), Of(SyncResult.Failed), Of(SyncResult.Unknown), Of(SyncResult.Running));

    public void Add(int server, long periodStart, ReadOnlySpan<ulong> runs)
    {
        foreach (var bits in runs)
        {
            _counts[new PackedRun(periodStart, bits).Kind]++;
        }
    }

    /// <param name="kind">As <see cref="PackedRun.Kind"/>.</param>
    public void Add(int kind, int count) => _counts[kind] += count;

    /// <param name="result">Null = any.</param>
    /// <param name="source">Null = any.</param>
    /// <param name="countedOnly">Without second views of a synchronization.</param>
    public int Count(SyncResult? result, SyncSource? source, bool countedOnly) => _counts.Index()
        .Where(entry => (result ?? PackedRun.ResultOf(entry.Index)) == PackedRun.ResultOf(entry.Index)
            && (source ?? PackedRun.SourceOf(entry.Index)) == PackedRun.SourceOf(entry.Index)
            && (PackedRun.IsCountedOf(entry.Index) || !countedOnly))
        .Sum(entry => entry.Item);

    private int Of(SyncResult result) => Count(result, null, countedOnly: true);
}

/// <summary>Counts results by hour of the week of the viewer.</summary>
internal sealed class WeekCounts(DayCalendar calendar)
{
    private const int HoursPerWeek = 7 * 24;
    private const int Results = 5;

    private readonly int[] _hours = new int[HoursPerWeek * Results];
    private readonly int _firstHour = (((int)calendar.Days[0].DayOfWeek + 6) % 7) * 24;

    /// <param name="localHour">Hours of the viewer's clock since the first day began.</param>
    public void Add(int localHour, SyncResult result) => _hours[((localHour + _firstHour) % HoursPerWeek * Results) + (int)result]++;

    public IReadOnlyList<HourOfWeek> Hours => [.. Enumerable.Range(0, HoursPerWeek).Select(hour => new HourOfWeek(hour / 24, hour % 24, CountsOf(hour * Results)))];

    private SyncCounts CountsOf(int index) =>
        new(_hours[index + (int)SyncResult.Succeeded], _hours[index + (int)SyncResult.Cancelled], _hours[index + (int)SyncResult.Failed], _hours[index + (int)SyncResult.Unknown], _hours[index + (int)SyncResult.Running]);
}

/// <summary>Counts bad results by the number of their cause.</summary>
internal sealed class CauseCounts
{
    private readonly int[] _causes = new int[PackedRun.MaximumCause + 1];

    /// <summary>Bad ones without a known cause.</summary>
    public int Unknown => _causes[0];

    public IEnumerable<(int Cause, int Count)> Known => _causes.Select((count, cause) => (cause, count)).Where(entry => entry.cause > 0 && entry.count > 0);

    public void Add(PackedRun run) => _causes[run.Cause]++;
}
