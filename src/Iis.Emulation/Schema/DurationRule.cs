using System.Globalization;
using System.Text.RegularExpressions;

namespace WsusDashboard.Iis.Emulation.Schema;

/// <summary>A timeSpan: hh:mm:ss or d.hh:mm:ss, within a range of seconds and in whole steps of a granularity.</summary>
internal sealed partial class DurationRule(long minimumSeconds, long maximumSeconds, long granularitySeconds) : ValueRule
{
    public override string TypeName => "timeSpan";

    public override string ValidationType => "timeSpanRange";

    public override string ValidationParameter => FormattableString.Invariant($"{minimumSeconds},{maximumSeconds},{granularitySeconds}");

    public override string Allowed =>
        $"a time span from {Format(TimeSpan.FromSeconds(minimumSeconds))} to {Format(TimeSpan.FromSeconds(maximumSeconds))} in whole "
        + (granularitySeconds == 60 ? "minutes" : "seconds");

    public override object? Parse(string text) => Read(text) is { } span ? InRange(span) : null;

    public override object? Accept(object value) => value switch
    {
        TimeSpan span => InRange(span),
        string text => Parse(text),
        _ => null,
    };

    public override string Format(object value)
    {
        var span = (TimeSpan)value;
        return span.ToString(span.Days == 0 ? @"hh\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
    }

    // Without days the hours may pass 23: the schema itself says 29:00:00, which TimeSpan.Parse refuses.
    private static TimeSpan? Read(string text)
    {
        var match = Written().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var hasDays = match.Groups["days"].Success;
        var (days, hours, minutes, seconds) = (hasDays ? Number("days") : 0, Number("hours"), Number("minutes"), Number("seconds"));
        return (hasDays && hours > 23) || minutes > 59 || seconds > 59 ? null : new TimeSpan(days, hours, minutes, seconds);

        int Number(string group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private TimeSpan? InRange(TimeSpan span) =>
        span < TimeSpan.FromSeconds(minimumSeconds) || span > TimeSpan.FromSeconds(maximumSeconds) || span.Ticks % (granularitySeconds * TimeSpan.TicksPerSecond) != 0
            ? null
            : span;

    [GeneratedRegex(@"\A(?:(?<days>[0-9]{1,5})\.)?(?<hours>[0-9]{1,5}):(?<minutes>[0-9]{1,2}):(?<seconds>[0-9]{1,2})\z", RegexOptions.NonBacktracking)]
    private static partial Regex Written();
}
