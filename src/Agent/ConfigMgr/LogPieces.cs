using System.Buffers;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Reads a log from some place to its end, a piece at a time from a pool: however large the file is, one piece of it is in memory.</summary>
internal static class LogPieces
{
    /// <param name="file">The log; the caller closes it.</param>
    /// <param name="start">Where to begin; in the middle of the file that is inside a line, whose rest is passed over.</param>
    /// <param name="take">Gets each entry, in order.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static void Read(FileStream file, long start, LogEntryTaker take)
    {
        var end = file.Length;
        var isInsideLongLine = start > 0;
        var buffer = ArrayPool<byte>.Shared.Rent(LogTail.PieceBytes);
        try
        {
            for (var isFinal = start >= end; !isFinal;)
            {
                file.Position = start;
                var wanted = (int)Math.Min(LogTail.PieceBytes, end - start);
                var read = file.ReadAtLeast(buffer.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
                isFinal = read < wanted || start + read >= end;
                var piece = LogSplitter.Split(buffer.AsSpan(0, read), isInsideLongLine, isFinal, take);
                isInsideLongLine = piece.IsInsideLongLine;

                // A whole piece in which no entry ends is passed over.
                start += piece.Consumed > 0 ? piece.Consumed : read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
