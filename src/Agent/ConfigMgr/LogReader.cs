using System.Runtime.CompilerServices;
using System.Text;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Reads the end of a log of Configuration Manager, and goes on with what is written. The logs are a closed list; no path comes from outside.</summary>
public sealed class LogReader(ConfigMgrFolder folder, TimeProvider timeProvider)
{
    private static readonly TimeSpan FollowInterval = TimeSpan.FromSeconds(1);

    /// <summary>The file of a log; null where Configuration Manager is not installed on this server.</summary>
    /// <param name="name">One of <see cref="LogNames"/>.</param>
    /// <exception cref="ArgumentException">There is no such log.</exception>
    /// <exception cref="Windows.EdgeException">The registry refuses.</exception>
    public string? FindFile(string name)
    {
        var known = LogNames.All.FirstOrDefault(candidate => string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no log \"{name}\"; there are {string.Join(", ", LogNames.All)}.", nameof(name));

        return folder.FindLog(known);
    }

    /// <summary>The last entries, oldest first; then, where asked for, each new one until it is cancelled.</summary>
    /// <exception cref="IOException">The file is not there, or locked.</exception>
    /// <exception cref="UnauthorizedAccessException">The account may not read it.</exception>
    public async IAsyncEnumerable<LogLine> ReadAsync(string path, int tailLines, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LogPosition position;
        using (var file = LogFollower.Open(path))
        {
            var tail = new LogTail(file, tailLines);
            while (tail.ReadPiece() is { } piece)
            {
                foreach (var line in piece)
                {
                    yield return Shorten(line);
                }
            }

            position = LogFollower.PositionAt(file, tail.End) with { IsInsideLongLine = tail.IsInsideLongLine };
        }

        while (follow)
        {
            await Task.Delay(FollowInterval, timeProvider, cancellationToken).ConfigureAwait(false);
            for (var isAtEnd = false; !isAtEnd;)
            {
                foreach (var line in ReadNew(path, ref position, out isAtEnd))
                {
                    yield return Shorten(line);
                }
            }
        }
    }

    /// <summary>The next piece. While a file is gone or locked there is nothing new; the follower waits for it.</summary>
    private static List<LogLine> ReadNew(string path, ref LogPosition position, out bool isAtEnd)
    {
        List<LogLine> lines = [];
        try
        {
            var step = LogFollower.Read(path, position, (in LogEntry entry) => lines.Add(entry.ToLine()), LogTail.PieceBytes);
            (position, isAtEnd) = (step.Position, step.IsAtEnd);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            isAtEnd = true;
        }

        return lines;
    }

    private static LogLine Shorten(LogLine line)
    {
        // Three bytes is the most that a character of the basic plane takes in UTF-8.
        if (line.Text.Length * 3 <= ContractLimits.MaximumLogLineBytes || Encoding.UTF8.GetByteCount(line.Text) <= ContractLimits.MaximumLogLineBytes)
        {
            return line;
        }

        return line with { Text = line.Text[..(ContractLimits.MaximumLogLineBytes / 3)] + "…" };
    }
}
