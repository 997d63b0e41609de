using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Alerts.Deciding;

/// <summary>How often a window comes.</summary>
public enum WindowCycle
{
    Once = 0,

    /// <summary>On some days of each week.</summary>
    Weekly = 1,

    /// <summary>On the first to fifth, or the last, of a day of the week in each month; so many days after it.</summary>
    Monthly = 2,
}

/// <summary>When and where nothing alerts, as it is stored: local times, which mean what a clock on the wall of the time zone shows.</summary>
internal sealed record WindowRule
{
    /// <summary>Empty = all.</summary>
    public ValueList<string> Sites { get; init; } = [];

    public WindowCycle Cycle { get; init; }

    /// <summary>Once: its day. Else the first day on which it may begin.</summary>
    public DateOnly From { get; init; }

    /// <summary>The last day on which it may begin; null = for ever.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Local time of its begin.</summary>
    public TimeOnly At { get; init; }

    /// <summary>1 minute to 7 days.</summary>
    public int Minutes { get; init; }

    /// <summary>Weekly: the days. Monthly: the one day.</summary>
    public ValueList<DayOfWeek> Days { get; init; } = [];

    /// <summary>Monthly: 1 to 5, or -1 for the last.</summary>
    public int Ordinal { get; init; }

    /// <summary>Monthly: 0 to 14 days later; the second Tuesday and 1 is the day after Patch Tuesday, whatever day of the month that is.</summary>
    public int DaysAfter { get; init; }

    public string TimeZone { get; init; } = "UTC";
}

/// <summary>One time that a window is on; UTC, the end not included.</summary>
internal sealed record WindowTime(DateTimeOffset From, DateTimeOffset To);

/// <summary>Times in which nothing alerts. Pure.</summary>
internal sealed record MaintenanceWindow(int Id, string Name, WindowRule Rule)
{
    private const int LongestDays = 7;
    private const int LongestShiftDays = 14;

    public bool Covers(string site) => Rule.Sites.Count == 0 || Rule.Sites.Contains(site);

    /// <summary>The time that it is on at this moment; null where it is off. Where two times of it overlap, the one that ends last.</summary>
    public WindowTime? FindAt(DateTimeOffset now) => Between(now, now.AddTicks(1)).MaxBy(time => time.To);

    /// <summary>Each time that is on between these, in their order.</summary>
    /// <param name="from">UTC.</param>
    /// <param name="to">UTC, not included.</param>
    public IReadOnlyList<WindowTime> Between(DateTimeOffset from, DateTimeOffset to)
    {
        // A zone that this computer doesn't know: a window that can't be placed keeps nothing quiet.
        if (TimeZones.Find(Rule.TimeZone) is not { } zone)
        {
            return [];
        }

        var first = Later(Rule.From, DateOnly.FromDateTime(from.UtcDateTime).AddDays(-LongestDays - 1));
        var last = Earlier(Rule.Until ?? DateOnly.MaxValue, DateOnly.FromDateTime(to.UtcDateTime).AddDays(1));
        var times = new List<WindowTime>();
        foreach (var day in DaysBetween(first, last))
        {
            var begin = ToUtc(day.ToDateTime(Rule.At), zone);
            var time = new WindowTime(begin, begin.AddMinutes(Rule.Minutes));
            if (time.From < to && time.To > from)
            {
                times.Add(time);
            }
        }

        return times;
    }

    private IEnumerable<DateOnly> DaysBetween(DateOnly first, DateOnly last)
    {
        if (Rule.Cycle == WindowCycle.Once)
        {
            return Rule.From >= first && Rule.From <= last ? [Rule.From] : [];
        }

        return first > last ? [] : Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(first.AddDays).Where(IsOn);
    }

    private bool IsOn(DateOnly day)
    {
        if (Rule.Cycle == WindowCycle.Weekly)
        {
            return Rule.Days.Contains(day.DayOfWeek);
        }

        // The day that is counted from may be one of the month before.
        var counted = day.AddDays(-Math.Clamp(Rule.DaysAfter, 0, LongestShiftDays));
        return Rule.Days.Contains(counted.DayOfWeek)
            && (Rule.Ordinal > 0 ? (counted.Day - 1) / 7 == Rule.Ordinal - 1 : counted.AddDays(7).Month != counted.Month);
    }

    /// <summary>A time that the clocks skip begins when they have; one that comes twice begins with the first.</summary>
    private static DateTimeOffset ToUtc(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
        {
            var gap = local;
            while (zone.IsInvalidTime(gap))
            {
                gap = gap.AddMinutes(1);
            }

            return new DateTimeOffset(gap, zone.GetUtcOffset(gap)).ToUniversalTime();
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    private static DateOnly Earlier(DateOnly one, DateOnly other) => one < other ? one : other;
}
