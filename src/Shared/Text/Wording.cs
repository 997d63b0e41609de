using System.Globalization;

namespace WsusDashboard.Shared.Text;

/// <summary>Sizes, durations, numbers and times in the words that people use; the same in every culture.</summary>
public static class Wording
{
    /// <summary>For a number that isn't known.</summary>
    public const string Unknown = "–";

    private const decimal KilobytesPerUnit = 1024;

    private static readonly string[] SizeUnits = ["KB", "MB", "GB", "TB"];

    /// <summary>"1.8 GB" for 1,843,200 KB; units of 1,024, at most one decimal.</summary>
    public static string Size(long? kilobytes)
    {
        if (kilobytes is not { } known)
        {
            return Unknown;
        }

        decimal value = known;
        var unit = 0;
        while (Math.Abs(decimal.Round(value, 1)) >= KilobytesPerUnit && unit < SizeUnits.Length - 1)
        {
            value /= KilobytesPerUnit;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:#,0.#} {SizeUnits[unit]}");
    }

    /// <summary>The two largest units: "6 d 4 h", "29 h", "4 min", "1 min 20 s", "350 ms"; a negative time counts as none.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { Ticks: <= 0 } => "0 s",
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)duration.TotalMilliseconds)} ms"),
        { TotalMinutes: < 1 } => Units((long)duration.TotalSeconds, "s", 0, ""),
        { TotalMinutes: < 10 } => Units((long)duration.TotalMinutes, "min", duration.Seconds, "s"),
        { TotalHours: < 1 } => Units((long)duration.TotalMinutes, "min", 0, ""),
        { TotalHours: < 48 } => Units((long)duration.TotalHours, "h", duration.Minutes, "min"),
        { TotalDays: < 10 } => Units((long)duration.TotalDays, "d", duration.Hours, "h"),
        _ => LargestUnit(duration),
    };

    /// <summary>One unit, for narrow cells: "6 d", "29 h", "4 min", "12 s"; a negative time counts as none.</summary>
    public static string LargestUnit(TimeSpan duration) => duration switch
    {
        { Ticks: <= 0 } => "0 s",
        { TotalMinutes: < 1 } => Units((long)duration.TotalSeconds, "s", 0, ""),
        { TotalHours: < 1 } => Units((long)duration.TotalMinutes, "min", 0, ""),
        { TotalHours: < 48 } => Units((long)duration.TotalHours, "h", 0, ""),
        _ => Units((long)duration.TotalDays, "d", 0, ""),
    };

    /// <summary>A time that is still counting: "0:12", "14:05", "1:02:30"; from a day on nobody counts seconds: "6 d 4 h".</summary>
    public static string Elapsed(TimeSpan span) => span < TimeSpan.Zero ? "0:00"
        : span.TotalDays >= 1 ? Duration(span)
        : span.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{span.Minutes}:{span.Seconds:00}");

    /// <summary>How long ago a moment was, in one unit: "4 min ago", "6 d ago", "just now" below five seconds and in the future.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now) => now - at < TimeSpan.FromSeconds(5) ? "just now" : $"{LargestUnit(now - at)} ago";

    /// <summary>"12,480".</summary>
    public static string Number(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? Unknown;

    /// <summary>"1 recycle", "5 recycles".</summary>
    public static string Count(long number, string singular, string? plural = null) => $"{Number(number)} {(number == 1 ? singular : plural ?? singular + "s")}";

    /// <summary>"75 %", with a space that doesn't break.</summary>
    public static string Percent(double? share) => share?.ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "\u00a0", StringComparison.Ordinal) ?? Unknown;

    /// <summary>"2026-01-05 06:12 UTC".</summary>
    public static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string List(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "",
        1 => items[0],
        _ => $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}",
    };

    private static string Units(long large, string largeUnit, long small, string smallUnit) => small == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{large} {largeUnit}")
        : string.Create(CultureInfo.InvariantCulture, $"{large} {largeUnit} {small} {smallUnit}");
}
