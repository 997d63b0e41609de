namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>What was found in a piece of a log file.</summary>
/// <param name="EntryCount">Complete entries.</param>
/// <param name="Consumed">Bytes that need not be read again.</param>
/// <param name="Skipped">Lines that were too long or could not be decoded.</param>
/// <param name="IsInsideLongLine">True where the piece ends in a line that is too long: its rest is passed over.</param>
internal sealed record LogPiece(int EntryCount, int Consumed, int Skipped, bool IsInsideLongLine);

/// <summary>Splits bytes of a log into entries. An entry that is not complete yet is left for the next time.</summary>
internal ref struct LogSplitter
{
    /// <summary>The longest entry that is read. Real lines stay below 3 KB; what is longer is not written by the tool.</summary>
    public const int MaximumLineBytes = 64 * 1024;

    private const byte NewLine = (byte)'\n';

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly LogEntryTaker _take;

    /// <summary>Where an entry of the full form began that goes on over several lines; negative where none is open.</summary>
    private int _openStart;
    private int _entries;
    private int _consumed;
    private int _skipped;

    private LogSplitter(ReadOnlySpan<byte> bytes, LogEntryTaker take)
    {
        _bytes = bytes;
        _take = take;
        _openStart = -1;
    }

    /// <param name="bytes">The piece.</param>
    /// <param name="startsInsideLongLine">The piece begins in the middle of a line that is passed over.</param>
    /// <param name="isFinal">Nothing will follow: what is left at the end is complete.</param>
    /// <param name="take">Gets each entry.</param>
    public static LogPiece Split(ReadOnlySpan<byte> bytes, bool startsInsideLongLine, bool isFinal, LogEntryTaker take)
    {
        var splitter = new LogSplitter(bytes, take);
        var isInside = splitter.Run(startsInsideLongLine, isFinal);

        return new LogPiece(splitter._entries, splitter._consumed, splitter._skipped, isInside);
    }

    private bool Run(bool isInsideLongLine, bool isFinal)
    {
        var start = 0;
        while (start < _bytes.Length)
        {
            var length = _bytes[start..].IndexOf(NewLine);
            if (length < 0)
            {
                return RunLast(start, isInsideLongLine, isFinal);
            }

            if (isInsideLongLine)
            {
                isInsideLongLine = false;
                _consumed = start + length + 1;
            }
            else
            {
                Take(start, start + length, start + length + 1);
            }

            start += length + 1;
        }

        Flush(isFinal, _bytes.Length);
        return isInsideLongLine && !isFinal;
    }

    /// <summary>A line whose end has not been written yet.</summary>
    private bool RunLast(int start, bool isInsideLongLine, bool isFinal)
    {
        if (isInsideLongLine)
        {
            _consumed = _bytes.Length;
            return !isFinal;
        }

        if (_bytes.Length - start > MaximumLineBytes)
        {
            Flush(isFinal: true, start);
            _skipped++;
            _consumed = _bytes.Length;
            return !isFinal;
        }

        if (isFinal)
        {
            Take(start, _bytes.Length, _bytes.Length);
        }

        Flush(isFinal, _bytes.Length);
        return false;
    }

    private void Take(int start, int end, int next)
    {
        var line = _bytes[start..end];

        // UTF-16 and binary rubbish hold zeros; neither is text that can be read here.
        if (line.Length > MaximumLineBytes || line.Contains((byte)0))
        {
            Drop(next);
            return;
        }

        var isFullForm = IsFullFormStart(line);
        if (_openStart >= 0)
        {
            if (!isFullForm)
            {
                Continue(line, end, next);
                return;
            }

            // The open entry never ended: it is given up where another begins.
            _openStart = -1;
            _skipped++;
        }

        if (isFullForm && line.IndexOf(LogEntry.FullFormEnd) < 0)
        {
            _openStart = start;
        }
        else
        {
            Add(start, end, next);
        }
    }

    private void Continue(ReadOnlySpan<byte> line, int end, int next)
    {
        if (line.IndexOf(LogEntry.FullFormEnd) >= 0)
        {
            var start = _openStart;
            _openStart = -1;
            Add(start, end, next);
        }
        else if (end - _openStart > MaximumLineBytes)
        {
            Drop(next);
        }
    }

    private void Flush(bool isFinal, int end)
    {
        if (isFinal && _openStart >= 0)
        {
            Drop(end);
        }
    }

    private void Drop(int next)
    {
        _openStart = -1;
        _skipped++;
        _consumed = next;
    }

    private void Add(int start, int end, int next)
    {
        var entry = _bytes[start..end];
        if (entry.Length > 0 && !(entry.Length == 1 && entry[0] == '\r'))
        {
            _entries++;
            _take(LogEntry.Read(entry, start));
        }

        _consumed = next;
    }

    private static bool IsFullFormStart(ReadOnlySpan<byte> line) => line.StartsWith(LogEntry.FullFormStart) || (line.Length > 3 && line[0] == 0xEF && line[3..].StartsWith(LogEntry.FullFormStart));
}
