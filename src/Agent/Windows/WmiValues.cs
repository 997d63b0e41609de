using System.Globalization;

namespace WsusDashboard.Agent.Windows;

/// <summary>Values as WMI gives them: numbers of several widths or as text, times as DMTF text.</summary>
public static class WmiValues
{
    private const int DateTimeDigits = 14;
    private const int OffsetSign = 21;

    /// <summary>A whole number, or null where the value is none.</summary>
    public static long? Number(object? value) => value switch
    {
        null => null,
        string text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        ulong big => big <= long.MaxValue ? (long)big : null,
        IConvertible other => TryConvert(other),
        _ => null,
    };

    /// <summary>Text, empty where the value is null.</summary>
    public static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    /// <summary>
    /// A DMTF time (yyyymmddHHMMSS.mmmmmm±UUU, UUU in minutes); without an offset (+***, as Configuration Manager writes it) it is read as UTC.
    /// Null where the value is no time, or one of the "never" years 1601, 1970 and 1980 that sources use.
    /// </summary>
    public static DateTimeOffset? Time(object? value)
    {
        switch (value)
        {
            case DateTimeOffset offset:
                return offset.ToUniversalTime();
            case DateTime time:
                return new DateTimeOffset(time.ToUniversalTime());
            case string { Length: >= DateTimeDigits } text
                when DateTime.TryParseExact(text[..DateTimeDigits], "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed):
                return IsNever(parsed) ? null : new DateTimeOffset(parsed).AddMinutes(-Offset(text)).AddTicks(Fraction(text));
            default:
                return null;
        }
    }

    /// <summary>False for a DMTF time without an offset: nothing says of what zone it is.</summary>
    public static bool HasZone(object? value) =>
        value is not string { Length: >= DateTimeDigits } text || (text.Length > OffsetSign && int.TryParse(text[OffsetSign..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));

    private static bool IsNever(DateTime time) => time is { Year: <= 1601 } or { Year: 1970 or 1980, DayOfYear: 1 };

    private static int Offset(string text) =>
        text.Length > OffsetSign && int.TryParse(text[OffsetSign..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var minutes) ? minutes : 0;

    private static long Fraction(string text) =>
        text.Length >= OffsetSign && text[DateTimeDigits] == '.' && long.TryParse(text.AsSpan(DateTimeDigits + 1, 6), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            ? microseconds * TimeSpan.TicksPerMicrosecond
            : 0;

    private static long? TryConvert(IConvertible value)
    {
        try
        {
            return value.ToInt64(CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is OverflowException or FormatException or InvalidCastException)
        {
            return null;
        }
    }
}
