using System.Globalization;

namespace WsusDashboard.Dashboard.Components.Parts;

/// <summary>Lengths of time in the words a person uses: two units at most, the smaller one only where it matters.</summary>
public static class Durations
{
    /// <summary>"6 d 4 h", "2 h 10 min", "4 min 30 s", "12 s", "0.4 s".</summary>
    public static string Words(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            span = TimeSpan.Zero;
        }

        var (large, small) = span switch
        {
            { TotalSeconds: < 1 } => (Fraction(span), ""),
            { TotalMinutes: < 1 } => (Whole(span.Seconds, "s"), ""),
            { TotalMinutes: < 10 } => (Whole(span.Minutes, "min"), span.Seconds == 0 ? "" : Whole(span.Seconds, "s")),
            { TotalHours: < 1 } => (Whole(span.Minutes, "min"), ""),
            { TotalDays: < 1 } => (Whole(span.Hours, "h"), span.Minutes == 0 ? "" : Whole(span.Minutes, "min")),
            { TotalDays: < 10 } => (Whole(span.Days, "d"), span.Hours == 0 ? "" : Whole(span.Hours, "h")),
            _ => (Whole(span.Days, "d"), ""),
        };
        return small.Length == 0 ? large : $"{large} {small}";
    }

    /// <summary>The largest unit only, for narrow cells: "6 d", "2 h", "4 min", "12 s".</summary>
    public static string Largest(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalMinutes: < 1 } => Whole(span.Seconds, "s"),
        { TotalHours: < 1 } => Whole(span.Minutes, "min"),
        { TotalDays: < 1 } => Whole(span.Hours, "h"),
        _ => Whole(span.Days, "d"),
    };

    /// <summary>An elapsed time that counts: "0:12", "14:05", "1:02:30".</summary>
    public static string Running(TimeSpan span) => span < TimeSpan.Zero ? "0:00"
        : span.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{span.Minutes}:{span.Seconds:00}");

    private static string Whole(int number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}");

    private static string Fraction(TimeSpan span) => span == TimeSpan.Zero ? "0 s" : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0.1, span.TotalSeconds):0.0} s");
}
