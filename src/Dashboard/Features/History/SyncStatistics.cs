using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>All that the charts of synchronizations show of one range. Second views of the same synchronization are not counted.</summary>
public sealed record SyncStatistics
{
    public required HistoryRange Range { get; init; }

    /// <summary>Oldest first; each day is there.</summary>
    public required IReadOnlyList<SyncDay> Days { get; init; }

    /// <summary>Failure rate day by day, and over the seven days that end with it.</summary>
    public required IReadOnlyList<RateDay> Rates { get; init; }

    public required SyncCounts Total { get; init; }

    /// <summary>Of the range of equal length before this one: what the trend is told against.</summary>
    public required SyncCounts Before { get; init; }

    /// <summary>By name; every site of the filter.</summary>
    public required IReadOnlyList<SiteSyncs> Sites { get; init; }

    /// <summary>Most frequent first.</summary>
    public required IReadOnlyList<SyncCause> Causes { get; init; }

    /// <summary>Those that did not succeed and whose cause is not known.</summary>
    public required long WithoutKnownCause { get; init; }

    /// <summary>168 cells: Monday 0 h first, hour by hour, in the viewer's zone.</summary>
    public required IReadOnlyList<HourOfWeek> HoursOfWeek { get; init; }

    public required DurationStatistics Durations { get; init; }

    public required RecoveryStatistics Repairs { get; init; }

    /// <summary>Longest first, at most ten.</summary>
    public required IReadOnlyList<SyncGap> LongestGaps { get; init; }

    /// <summary>24 cells, in the viewer's zone.</summary>
    public IReadOnlyList<SyncCounts> HoursOfDay => [.. Enumerable.Range(0, 24).Select(hour => SyncCounts.Sum(HoursOfWeek.Where(cell => cell.Hour == hour).Select(cell => cell.Counts)))];

    /// <summary>Seven cells, Monday first, in the viewer's zone.</summary>
    public IReadOnlyList<SyncCounts> DaysOfWeek => [.. Enumerable.Range(0, 7).Select(day => SyncCounts.Sum(HoursOfWeek.Where(cell => cell.Day == day).Select(cell => cell.Counts)))];
}

/// <summary>Synchronizations by result.</summary>
public readonly record struct SyncCounts(int Succeeded, int Cancelled, int Failed, int Unknown, int Running)
{
    /// <summary>Those whose result is known.</summary>
    public int Ended => Succeeded + Cancelled + Failed;

    public int Bad => Cancelled + Failed;

    /// <summary>Failed and cancelled among those that ended, 0 to 1; null where none ended.</summary>
    public double? FailureRate => Ended == 0 ? null : (double)Bad / Ended;

    public static SyncCounts Sum(IEnumerable<SyncCounts> counts) =>
        counts.Aggregate(default(SyncCounts), (sum, next) => new(sum.Succeeded + next.Succeeded, sum.Cancelled + next.Cancelled, sum.Failed + next.Failed, sum.Unknown + next.Unknown, sum.Running + next.Running));
}

/// <summary>Failure rates at one day, 0 to 1; null where none ended.</summary>
/// <param name="Rate">Of that day.</param>
/// <param name="RateOfSevenDays">Of the seven days that end with it, as far as they lie in the range.</param>
public sealed record RateDay(DateOnly Day, double? Rate, double? RateOfSevenDays);

/// <summary>One site.</summary>
/// <param name="Days">The same days as the whole.</param>
public sealed record SiteSyncs(string Site, int Servers, SyncCounts Counts, IReadOnlyList<SyncDay> Days);

/// <summary>One hour of the week, in the viewer's zone.</summary>
/// <param name="Day">0 = Monday.</param>
/// <param name="Hour">0 to 23.</param>
public sealed record HourOfWeek(int Day, int Hour, SyncCounts Counts);

/// <summary>How long synchronizations took. Percentiles are right to 5 %.</summary>
public sealed record DurationStatistics
{
    public required IReadOnlyList<DurationClass> Classes { get; init; }

    /// <summary>Of those that succeeded; null where none did.</summary>
    public TimeSpan? Median { get; init; }

    public TimeSpan? Percentile90 { get; init; }

    /// <summary>Of those that succeeded, by the day they started; each day of the range is there.</summary>
    public required IReadOnlyList<DurationDay> Days { get; init; }
}

/// <summary>Synchronizations that took from <paramref name="From"/> to less than <paramref name="To"/>.</summary>
/// <param name="To">Null = no upper limit.</param>
public sealed record DurationClass(TimeSpan From, TimeSpan? To, int Succeeded, int Cancelled, int Failed);

/// <summary>Durations of one day; null where none succeeded.</summary>
public sealed record DurationDay(DateOnly Day, TimeSpan? Median, TimeSpan? Percentile90, int Count);

/// <summary>From the first failure to the next success on one server.</summary>
public sealed record RecoveryStatistics
{
    public static RecoveryStatistics None { get; } = new() { Months = [] };

    public int Count { get; init; }

    public TimeSpan? Mean { get; init; }

    public TimeSpan? Median { get; init; }

    /// <summary>Servers that fail at the end of the range.</summary>
    public int Open { get; init; }

    /// <summary>By the month (viewer's zone) in which the success came, oldest first; only months that have one.</summary>
    public required IReadOnlyList<RepairMonth> Months { get; init; }
}

/// <summary>Mean time to repair of one month.</summary>
/// <param name="First">First day of the month.</param>
public sealed record RepairMonth(DateOnly First, TimeSpan Mean, int Count);

/// <summary>How long ago a server last synchronized well.</summary>
/// <param name="At">UTC; null = never, as far as is known.</param>
/// <param name="IsReadingHistory">True while its history is being read: an earlier or later one may come.</param>
public sealed record LastGoodSync(int ServerId, string ServerName, string Site, DateTimeOffset? At, double? DaysAgo, bool IsReadingHistory = false);

/// <summary>A page of servers, with a cell for each day of the range.</summary>
/// <param name="Days">The days of the columns.</param>
/// <param name="Rows">A server a row, by site and name.</param>
public sealed record DayStrip(IReadOnlyList<DateOnly> Days, Paged<DayStripRow> Rows);

/// <summary>One server of the strip.</summary>
/// <param name="Cells">One for each day.</param>
/// <param name="IsReadingHistory">True while its history is being read: a day without a synchronization may get one.</param>
public sealed record DayStripRow(int ServerId, string ServerName, string Site, IReadOnlyList<SyncCounts> Cells, bool IsReadingHistory = false);
