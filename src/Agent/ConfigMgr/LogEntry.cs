using System.Buffers.Text;
using System.Text;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Takes one entry of a log; the bytes are only there while it runs.</summary>
internal delegate void LogEntryTaker(in LogEntry entry);

/// <summary>One entry of a log of Configuration Manager, in whichever of the two forms it is (configmgr.md, 5a), as bytes of the file: nothing is copied before it is wanted.</summary>
internal readonly ref struct LogEntry
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Where the entry begins in the piece that was split.</summary>
    public int Offset { get; init; }

    /// <summary>UTC; null where the entry carries no time that can be understood.</summary>
    public DateTimeOffset? At { get; private init; }

    public ReadOnlySpan<byte> Component { get; private init; }

    /// <summary>The message, without spaces around it.</summary>
    public ReadOnlySpan<byte> Text { get; private init; }

    /// <summary>The digit of the attribute "type" of the full form; 0 where there is none.</summary>
    private byte Type { get; init; }

    internal static ReadOnlySpan<byte> FullFormStart => "<![LOG["u8;

    internal static ReadOnlySpan<byte> FullFormEnd => "]LOG]!>"u8;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    public static LogEntry Read(ReadOnlySpan<byte> bytes, int offset)
    {
        // A mark of byte order may stand at the start of any line that a set-up program wrote.
        var entry = bytes.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
        entry = entry.Trim("\r\n"u8);
        if (entry.StartsWith(FullFormStart) && entry.LastIndexOf(FullFormEnd) is > 0 and var end)
        {
            var attributes = entry[(end + FullFormEnd.Length)..];
            if (attributes.EndsWith(">"u8) && ReadTime(Attribute(attributes, "date=\""u8), Attribute(attributes, "time=\""u8), out var at))
            {
                var type = Attribute(attributes, "type=\""u8);
                return new LogEntry
                {
                    Offset = offset,
                    At = at,
                    Component = Attribute(attributes, "component=\""u8),
                    Text = Clean(entry[FullFormStart.Length..end]),
                    Type = type.Length == 1 ? type[0] : (byte)0,
                };
            }
        }

        return entry.EndsWith(">"u8) && TryReadSimple(entry, offset, out var simple) ? simple : new LogEntry { Offset = offset, Text = Clean(entry) };
    }

    /// <summary>The entry as text, which outlives the bytes.</summary>
    public LogLine ToLine()
    {
        var text = Decode(Text);

        return new LogLine
        {
            At = At,
            Component = Decode(Component),
            Severity = Type switch { (byte)'3' => LogSeverities.Error, (byte)'2' => LogSeverities.Warning, _ => LogLine.GuessSeverity(text) },
            Text = text,
        };
    }

    /// <summary>The message and its end: message $$&lt;component&gt;&lt;date time+bias&gt;&lt;thread=…&gt;.</summary>
    private static bool TryReadSimple(ReadOnlySpan<byte> entry, int offset, out LogEntry simple)
    {
        simple = default;
        var mark = entry.LastIndexOf("$$<"u8);
        if (mark < 0)
        {
            return false;
        }

        var tail = entry[(mark + 3)..];
        var component = tail.IndexOf((byte)'>');
        if (component < 0 || !tail[(component + 1)..].StartsWith("<"u8))
        {
            return false;
        }

        var rest = tail[(component + 2)..];
        var space = rest.IndexOf((byte)' ');
        var close = rest.IndexOf((byte)'>');
        if (space < 0 || close < space || !rest[(close + 1)..].StartsWith("<thread="u8))
        {
            return false;
        }

        var isTimed = ReadTime(rest[..space], rest[(space + 1)..close], out var at);
        simple = new LogEntry { Offset = offset, At = isTimed ? at : null, Component = tail[..component], Text = Clean(entry[..mark]) };
        return true;
    }

    private static ReadOnlySpan<byte> Attribute(ReadOnlySpan<byte> attributes, ReadOnlySpan<byte> name)
    {
        var start = attributes.IndexOf(name);
        if (start < 0)
        {
            return default;
        }

        var value = attributes[(start + name.Length)..];
        var end = value.IndexOf((byte)'"');
        return end < 0 ? default : value[..end];
    }

    /// <summary>Both forms write month before day, whatever the server's language; the bias is what must be added to local time, in minutes, to get UTC.</summary>
    private static bool ReadTime(ReadOnlySpan<byte> date, ReadOnlySpan<byte> time, out DateTimeOffset at)
    {
        at = default;
        if (!TakeNumber(ref date, (byte)'-', out var month) || !TakeNumber(ref date, (byte)'-', out var day) || !TakeNumber(ref date, 0, out var year)
            || !TakeNumber(ref time, (byte)':', out var hour) || !TakeNumber(ref time, (byte)':', out var minute) || !TakeNumber(ref time, 0, out var second)
            || year is < 2 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        long ticks = 0;
        if (time.StartsWith("."u8))
        {
            time = time[1..];
            var digits = 0;
            for (var unit = TimeSpan.TicksPerSecond / 10; digits < time.Length && char.IsAsciiDigit((char)time[digits]); digits++, unit /= 10)
            {
                ticks += (time[digits] - '0') * unit;
            }

            time = time[digits..];
        }

        var sign = time.Length > 0 && time[0] == '-' ? -1 : 1;
        var bias = time.Length > 1 && time[0] is (byte)'+' or (byte)'-' && Utf8Parser.TryParse(time[1..], out int number, out _) && number <= 24 * 60 ? sign * number : 0;
        at = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).AddTicks(ticks).AddMinutes(bias);
        return true;
    }

    private static bool TakeNumber(ref ReadOnlySpan<byte> text, byte end, out int number)
    {
        if (!Utf8Parser.TryParse(text, out number, out var length) || number < 0 || !char.IsAsciiDigit((char)text[0]) || (end != 0 && (length >= text.Length || text[length] != end)))
        {
            return false;
        }

        text = text[(end == 0 ? length : length + 1)..];
        return true;
    }

    private static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8).TrimEnd((byte)'~');

        return text.TrimEnd(" \t\r\n"u8);
    }

    /// <summary>UTF-8, else the bytes as Latin-1 (an ANSI code page).</summary>
    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes).Replace("\r\n", "\n", StringComparison.Ordinal);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes).Replace("\r\n", "\n", StringComparison.Ordinal);
        }
    }
}
