using System.Runtime.CompilerServices;
using System.Text;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Reads the end of a log of Configuration Manager, and goes on with what is written. The logs are a closed list; no path comes from outside.</summary>
public sealed class LogReader(ConfigMgrFolder folder, TimeProvider timeProvider)
{
    /// <summary>So much of the end of a file is looked at; 2,000 lines of a real log take about 400 KB.</summary>
    private const int MaximumTailBytes = 4 * 1024 * 1024;

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
        var (tail, position) = ReadTail(path, tailLines);
        foreach (var line in tail)
        {
            yield return Shorten(line);
        }

        while (follow)
        {
            await Task.Delay(FollowInterval, timeProvider, cancellationToken).ConfigureAwait(false);
            foreach (var line in ReadNew(path, ref position))
            {
                yield return Shorten(line);
            }
        }
    }

    private static (IEnumerable<LogLine> Tail, LogPosition Position) ReadTail(string path, int tailLines)
    {
        using var file = LogFollower.Open(path);
        var start = Math.Max(0, file.Length - MaximumTailBytes);
        file.Position = start;
        var bytes = new byte[file.Length - start];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);

        // A piece from the middle of a file begins inside a line, whose rest is passed over. Only the last entries become text.
        var starts = new Queue<int>(tailLines + 1);
        var piece = LogSplitter.Split(bytes.AsSpan(0, read), startsInsideLongLine: start > 0, isFinal: false, (in LogEntry entry) =>
        {
            starts.Enqueue(entry.Offset);
            if (starts.Count > tailLines)
            {
                starts.Dequeue();
            }
        });
        List<LogLine> tail = [];
        if (starts.TryPeek(out var first))
        {
            LogSplitter.Split(bytes.AsSpan(first..piece.Consumed), startsInsideLongLine: false, isFinal: false, (in LogEntry entry) => tail.Add(entry.ToLine()));
        }

        var position = LogFollower.PositionAt(file, start + piece.Consumed) with { IsInsideLongLine = piece.IsInsideLongLine };

        return (tail, position);
    }

    /// <summary>While a file is gone or locked there is nothing new; the follower waits for it.</summary>
    private static List<LogLine> ReadNew(string path, ref LogPosition position)
    {
        List<LogLine> lines = [];
        try
        {
            LogStep step;
            do
            {
                step = LogFollower.Read(path, position, (in LogEntry entry) => lines.Add(entry.ToLine()));
                position = step.Position;
            }
            while (!step.IsAtEnd && lines.Count < ContractLimits.MaximumLogTailLines);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return lines;
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
