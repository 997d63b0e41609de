using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>What one step of following a log brought.</summary>
/// <param name="EntryCount">New entries that were taken.</param>
/// <param name="Position">Where to go on, together with what the entries said.</param>
/// <param name="IsAtEnd">True where nothing more is to be read now.</param>
internal sealed record LogStep(int EntryCount, LogPosition Position, bool IsAtEnd);

/// <summary>Follows a log file over its roll-over to ".lo_": no line is lost, none is read twice.</summary>
/// <remarks>Threading: none of its own; it holds no state, the position does.</remarks>
internal static class LogFollower
{
    /// <summary>Large enough that opening the file and reading its head cost little beside it; taken from a pool, which keeps one for each thread that ever read a log.</summary>
    private const int PieceBytes = 256 * 1024;
    private const int HeadBytes = 4 * 1024;

    /// <summary>Reads the next piece.</summary>
    /// <param name="path">The current file, for example …\Logs\wsyncmgr.log.</param>
    /// <param name="position">Where the last piece ended; a position without head begins with the rolled file.</param>
    /// <param name="take">Gets each entry, in order.</param>
    /// <param name="pieceBytes">Most that is read; at least twice the longest entry.</param>
    /// <exception cref="IOException">The file is not there, or locked.</exception>
    /// <exception cref="UnauthorizedAccessException">The account may not read it.</exception>
    public static LogStep Read(string path, LogPosition position, LogEntryTaker take, int pieceBytes = PieceBytes)
    {
        using var current = Open(path);
        if (position.Head.Length > 0 && IsSame(current, position))
        {
            return ReadPiece(current, position, isFinal: false, isAtEndAfter: true, take, pieceBytes);
        }

        // Another file stands under that name: the rest of the one before is in the rolled file, if it is still there.
        if (TryOpen(RolledPath(path)) is { } rolled)
        {
            using (rolled)
            {
                if (position.Head.Length == 0 || IsSame(rolled, position))
                {
                    var step = ReadPiece(rolled, position, isFinal: true, isAtEndAfter: false, take, pieceBytes);
                    return step.EntryCount > 0 || step.Position.Position < rolled.Length ? step : Begin(current, step.Position, take, pieceBytes);
                }
            }
        }

        return Begin(current, position, take, pieceBytes);
    }

    /// <summary>The position after so many bytes of this file.</summary>
    public static LogPosition PositionAt(FileStream file, long readBytes) =>
        new() { Name = Path.GetFileName(file.Name), Position = readBytes, Head = ReadHead(file, readBytes) };

    /// <summary>Opens a log that another process writes, renames and deletes.</summary>
    public static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.SequentialScan);

    private static string RolledPath(string path) => Path.ChangeExtension(path, ".lo_");

    private static LogStep Begin(FileStream file, LogPosition position, LogEntryTaker take, int pieceBytes) =>
        ReadPiece(file, position with { Position = 0, Head = "", IsInsideLongLine = false }, isFinal: false, isAtEndAfter: true, take, pieceBytes);

    private static LogStep ReadPiece(FileStream file, LogPosition position, bool isFinal, bool isAtEndAfter, LogEntryTaker take, int pieceBytes)
    {
        // Mostly there is nothing new, or a line.
        var length = (int)Math.Clamp(file.Length - position.Position, 0, pieceBytes);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return ReadPiece(file, position, isFinal, isAtEndAfter, take, buffer.AsSpan(0, length), isFull: length == pieceBytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static LogStep ReadPiece(FileStream file, LogPosition position, bool isFinal, bool isAtEndAfter, LogEntryTaker take, Span<byte> buffer, bool isFull)
    {
        file.Position = position.Position;
        var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var isLastPiece = position.Position + read >= file.Length;
        var piece = LogSplitter.Split(buffer[..read], position.IsInsideLongLine, isFinal && isLastPiece, take);
        var consumed = piece.Consumed;
        var skipped = piece.Skipped;
        if (consumed == 0 && isFull && read == buffer.Length)
        {
            // A whole piece in which no entry ends.
            consumed = read;
            skipped++;
        }

        var next = position with
        {
            Position = position.Position + consumed,
            LinesRead = position.LinesRead + piece.EntryCount,
            LinesSkipped = position.LinesSkipped + skipped,
            IsInsideLongLine = piece.IsInsideLongLine,
        };
        next = next with { Head = ReadHead(file, next.Position) };

        return new LogStep(piece.EntryCount, next, isLastPiece && isAtEndAfter);
    }

    private static bool IsSame(FileStream file, LogPosition position) =>
        file.Length >= position.Position && ReadHead(file, position.Position) == position.Head;

    /// <summary>A fingerprint of the first bytes that were read: it holds times, so no two files share it.</summary>
    private static string ReadHead(FileStream file, long readBytes)
    {
        var head = new byte[(int)Math.Min(HeadBytes, readBytes)];
        file.Position = 0;
        var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);

        return string.Create(CultureInfo.InvariantCulture, $"{length}:{Convert.ToHexStringLower(SHA256.HashData(head.AsSpan(0, length)))}");
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return Open(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
