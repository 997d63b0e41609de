namespace WsusDashboard.Dashboard.Kernel;

/// <summary>The years in which a day or a time can be asked for: far from the first and the last that there are, so that it can be counted from them.</summary>
public static class CalendarYears
{
    public const int First = 2000;
    public const int Last = 2199;

    public static bool Contain(DateOnly day) => day.Year is >= First and <= Last;

    public static bool Contain(DateTimeOffset time) => time.UtcDateTime.Year is >= First and <= Last;
}
