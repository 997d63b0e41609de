namespace WsusDashboard.Shared.Trends;

/// <summary>A day on which Microsoft releases updates: the second Tuesday of a month, at 10:00 in Redmond.</summary>
/// <param name="Day">The second Tuesday.</param>
/// <param name="ReleasedAt">UTC: 17:00 while Redmond has summer time, else 18:00.</param>
public sealed record PatchTuesday(DateOnly Day, DateTimeOffset ReleasedAt)
{
    private const int ReleaseHour = 10;

    /// <summary>The one of a month.</summary>
    public static PatchTuesday Of(int year, int month)
    {
        var day = Nth(year, month, DayOfWeek.Tuesday, 2);

        // The law of the United States since 2007, so that no time-zone data is needed where this runs.
        var isSummer = day >= Nth(year, 3, DayOfWeek.Sunday, 2) && day < Nth(year, 11, DayOfWeek.Sunday, 1);
        return new(day, new DateTimeOffset(day.ToDateTime(new TimeOnly(ReleaseHour, 0)), TimeSpan.FromHours(isSummer ? -7 : -8)).ToUniversalTime());
    }

    /// <summary>The newest one that was released.</summary>
    public static PatchTuesday LastBefore(DateTimeOffset time)
    {
        var month = new DateOnly(time.UtcDateTime.Year, time.UtcDateTime.Month, 1);
        var candidate = Of(month.Year, month.Month);
        return candidate.ReleasedAt <= time ? candidate : candidate.Previous();
    }

    /// <summary>Those that were or will be released from one moment on, before another.</summary>
    public static IReadOnlyList<PatchTuesday> Between(DateTimeOffset from, DateTimeOffset to)
    {
        var found = new List<PatchTuesday>();
        for (var candidate = LastBefore(from); candidate.ReleasedAt < to; candidate = candidate.Next())
        {
            if (candidate.ReleasedAt >= from)
            {
                found.Add(candidate);
            }
        }

        return found;
    }

    public PatchTuesday Next()
    {
        var month = Day.AddMonths(1);
        return Of(month.Year, month.Month);
    }

    public PatchTuesday Previous()
    {
        var month = Day.AddMonths(-1);
        return Of(month.Year, month.Month);
    }

    private static DateOnly Nth(int year, int month, DayOfWeek dayOfWeek, int number)
    {
        var first = new DateOnly(year, month, 1);
        return first.AddDays((((int)dayOfWeek - (int)first.DayOfWeek + 7) % 7) + ((number - 1) * 7));
    }
}
