using System.Buffers;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>The last entries of a log, a piece at a time: whatever the file holds and however slow the reader is, no more than one piece is in memory.</summary>
/// <remarks>Threading: one reader.</remarks>
internal sealed class LogTail
{
    /// <summary>Twice the longest entry, so that each fits into one piece.</summary>
    public const int PieceBytes = 2 * LogSplitter.MaximumLineBytes;

    /// <summary>So much of the end of a file is looked at; 2,000 lines of a real log take about 400 KB.</summary>
    private const int MaximumTailBytes = 4 * 1024 * 1024;

    private readonly FileStream _file;
    private readonly long _end;
    private long _position;
    private bool _isInsideLongLine;

    /// <summary>Finds where the last entries begin.</summary>
    /// <param name="file">The log; the caller closes it.</param>
    /// <param name="lines">How many entries are wanted, at least 1.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public LogTail(FileStream file, int lines)
    {
        _file = file;
        _position = Math.Max(0, file.Length - MaximumTailBytes);

        // A piece from the middle of a file begins inside a line, whose rest is passed over.
        _isInsideLongLine = _position > 0;
        var starts = new Queue<long>(lines + 1);
        while (true)
        {
            var at = _position;
            var (consumed, read) = Split((in LogEntry entry) =>
            {
                starts.Enqueue(at + entry.Offset);
                if (starts.Count > lines)
                {
                    starts.Dequeue();
                }
            });
            if (read < PieceBytes || consumed == 0)
            {
                break;
            }
        }

        (_end, IsInsideLongLine) = (_position, _isInsideLongLine);
        (_position, _isInsideLongLine) = (starts.TryPeek(out var first) ? first : _end, false);
    }

    /// <summary>What follows the tail begins inside a line that is passed over.</summary>
    public bool IsInsideLongLine { get; }

    /// <summary>Where the tail ends, in bytes from the beginning of the file.</summary>
    public long End => _end;

    /// <summary>The next entries, oldest first; null after the last.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IReadOnlyList<LogLine>? ReadPiece()
    {
        if (_position >= _end)
        {
            return null;
        }

        List<LogLine> lines = [];
        var (consumed, _) = Split((in LogEntry entry) => lines.Add(entry.ToLine()), _end);
        if (consumed == 0)
        {
            // The file was cut in the meantime.
            _position = _end;
        }

        return lines;
    }

    private (int Consumed, int Read) Split(LogEntryTaker take, long until = long.MaxValue)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            _file.Position = _position;
            var wanted = (int)Math.Min(PieceBytes, until - _position);
            var read = _file.ReadAtLeast(buffer.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
            var piece = LogSplitter.Split(buffer.AsSpan(0, read), _isInsideLongLine, isFinal: false, take);
            _isInsideLongLine = piece.IsInsideLongLine;

            // A whole piece in which no entry ends is passed over.
            var consumed = piece.Consumed == 0 && read == PieceBytes ? read : piece.Consumed;
            _position += consumed;
            return (consumed, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
