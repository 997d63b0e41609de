using System.Buffers.Text;

namespace WsusDashboard.Agent.Evidence;

/// <summary>The time at the beginning of a line: "2026-01-05 06:11:02", in UTC, as WSUS, IIS and HTTP.sys write it.</summary>
internal static class LeadingTime
{
    public const int Length = 19;

    /// <summary>Null where the line does not begin with one.</summary>
    public static DateTimeOffset? Read(ReadOnlySpan<byte> text) =>
        text.Length >= Length && text[4] == '-' && text[7] == '-' && text[10] == ' ' && text[13] == ':' && text[16] == ':'
        && Number(text[..4]) is var year and >= 1 and <= 9998 && Number(text[5..7]) is var month and >= 1 and <= 12 && Number(text[8..10]) is var day and >= 1 && day <= DateTime.DaysInMonth(year, month)
        && Number(text[11..13]) is var hour and >= 0 and < 24 && Number(text[14..16]) is var minute and >= 0 and < 60 && Number(text[17..19]) is var second and >= 0 and < 60
            ? new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero)
            : null;

    private static int Number(ReadOnlySpan<byte> digits) => Utf8Parser.TryParse(digits, out int number, out var length) && length == digits.Length ? number : -1;
}
