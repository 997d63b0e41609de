using System.Text;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>What was found in a piece of a log file.</summary>
/// <param name="Entries">Complete entries, in order.</param>
/// <param name="Consumed">Bytes that need not be read again.</param>
/// <param name="Skipped">Lines that were too long or could not be decoded.</param>
/// <param name="IsInsideLongLine">True where the piece ends in a line that is too long: its rest is passed over.</param>
internal sealed record LogPiece(IReadOnlyList<LogLine> Entries, int Consumed, int Skipped, bool IsInsideLongLine);

/// <summary>Splits bytes of a log into entries. An entry that is not complete yet is left for the next time.</summary>
internal sealed class LogSplitter
{
    /// <summary>The longest line that is read. Real lines stay below 3 KB; what is longer is not written by the tool.</summary>
    public const int MaximumLineBytes = 64 * 1024;

    private const byte NewLine = (byte)'\n';

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<LogLine> _entries = [];
    private readonly StringBuilder _open = new();
    private int _openBytes;
    private int _consumed;
    private int _skipped;

    private LogSplitter()
    {
    }

    /// <param name="bytes">The piece.</param>
    /// <param name="startsInsideLongLine">The piece begins in the middle of a line that is passed over.</param>
    /// <param name="isFinal">Nothing will follow: what is left at the end is complete.</param>
    public static LogPiece Split(ReadOnlySpan<byte> bytes, bool startsInsideLongLine, bool isFinal)
    {
        var splitter = new LogSplitter();
        var isInside = splitter.Run(bytes, startsInsideLongLine, isFinal);

        return new LogPiece(splitter._entries, splitter._consumed, splitter._skipped, isInside);
    }

    private bool Run(ReadOnlySpan<byte> bytes, bool isInsideLongLine, bool isFinal)
    {
        var start = 0;
        while (start < bytes.Length)
        {
            var length = bytes[start..].IndexOf(NewLine);
            if (length < 0)
            {
                return RunLast(bytes[start..], start, isInsideLongLine, isFinal);
            }

            var end = start + length + 1;
            if (isInsideLongLine)
            {
                isInsideLongLine = false;
                _consumed = end;
            }
            else
            {
                Take(bytes.Slice(start, length), end);
            }

            start = end;
        }

        Flush(isFinal, bytes.Length);
        return isInsideLongLine && !isFinal;
    }

    /// <summary>A line whose end has not been written yet.</summary>
    private bool RunLast(ReadOnlySpan<byte> rest, int start, bool isInsideLongLine, bool isFinal)
    {
        if (isInsideLongLine)
        {
            _consumed = start + rest.Length;
            return !isFinal;
        }

        if (rest.Length > MaximumLineBytes)
        {
            Flush(isFinal: true, start);
            _skipped++;
            _consumed = start + rest.Length;
            return !isFinal;
        }

        if (isFinal)
        {
            Take(rest, start + rest.Length);
        }

        Flush(isFinal, start + rest.Length);
        return false;
    }

    private void Take(ReadOnlySpan<byte> line, int end)
    {
        if (line.Length > MaximumLineBytes || Decode(line) is not { } text)
        {
            Drop(end);
        }
        else if (_open.Length > 0)
        {
            Continue(text, end);
        }
        else if (text.StartsWith(LogLine.FullFormStart, StringComparison.Ordinal) && !IsEnded(text))
        {
            _open.Append(text);
            _openBytes = line.Length;
        }
        else
        {
            Add(text, end);
        }
    }

    /// <summary>An entry in the full form goes on; one that never ends is given up where another begins or where it grows too long.</summary>
    private void Continue(string text, int end)
    {
        if (text.StartsWith(LogLine.FullFormStart, StringComparison.Ordinal))
        {
            _open.Clear();
            _skipped++;
            Take(Encoding.UTF8.GetBytes(text), end);
            return;
        }

        _open.Append('\n').Append(text);
        _openBytes += text.Length;
        if (IsEnded(text))
        {
            var entry = _open.ToString();
            _open.Clear();
            Add(entry, end);
        }
        else if (_openBytes > MaximumLineBytes)
        {
            Drop(end);
        }
    }

    private void Flush(bool isFinal, int end)
    {
        if (isFinal && _open.Length > 0)
        {
            Drop(end);
        }
    }

    private void Drop(int end)
    {
        _open.Clear();
        _skipped++;
        _consumed = end;
    }

    private void Add(string text, int end)
    {
        if (text.Length > 0)
        {
            _entries.Add(LogLine.Parse(text));
        }

        _consumed = end;
    }

    private static bool IsEnded(string text) => text.Contains(LogLine.FullFormEnd, StringComparison.Ordinal);

    /// <summary>UTF-8, else the bytes as Latin-1 (an ANSI code page); null where neither is text, as with UTF-16.</summary>
    private static string? Decode(ReadOnlySpan<byte> line)
    {
        if (line.Contains((byte)0))
        {
            return null;
        }

        try
        {
            return StrictUtf8.GetString(line).TrimEnd('\r');
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(line).TrimEnd('\r');
        }
    }
}
