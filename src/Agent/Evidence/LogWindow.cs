using System.Globalization;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Evidence;

/// <summary>Looks for the lines around a run that say something. Bounded: so much of the end of a file, so many lines.</summary>
internal static class LogWindow
{
    /// <summary>The logs of Configuration Manager roll over at 2 to 5 MB by default; a larger one is looked at from its end.</summary>
    private const int MaximumBytes = 8 * 1024 * 1024;

    private const int LongestText = 1000;
    private const int MostKept = 2000;
    private const string TimeForm = "yyyy-MM-dd HH:mm:ss";

    /// <summary>The telling lines between two moments, oldest first, those that speak for a cause before those that merely sound like trouble; where the file has rolled over meanwhile, from both.</summary>
    /// <exception cref="IOException">The file is locked.</exception>
    /// <exception cref="UnauthorizedAccessException">The account may not read it.</exception>
    public static IReadOnlyList<LoggedLine> Read(LogLocation place, DateTimeOffset from, DateTimeOffset to, int maximum)
    {
        Queue<LoggedLine> newest = new();
        var oldest = ReadFile(place, place.Path, from, to, newest);
        if (oldest > from)
        {
            ReadFile(place, Path.ChangeExtension(place.Path, ".lo_"), from, to, newest);
        }

        var found = newest.OrderBy(line => line.At).ToList();
        var progress = found.FindAll(line => line.Text.Contains(CauseEngine.Progress, StringComparison.Ordinal));
        found = [.. found.Except(progress.SkipLast(1))];
        var telling = found.Where(CauseEngine.IsTelling).DistinctBy(line => line.Text).TakeLast(maximum).ToList();
        var rest = found.Except(telling).TakeLast(maximum - telling.Count);

        return [.. telling.Concat(rest).OrderBy(line => line.At)];
    }

    /// <summary>The time of the oldest entry that was seen; null where the file is not there or has none.</summary>
    private static DateTimeOffset? ReadFile(LogLocation place, string path, DateTimeOffset from, DateTimeOffset to, Queue<LoggedLine> newest)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = LogFollower.Open(path);
        var start = Math.Max(0, file.Length - MaximumBytes);
        file.Position = start;
        var bytes = new byte[file.Length - start];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        DateTimeOffset? oldest = null;
        LogSplitter.Split(bytes.AsSpan(0, read), startsInsideLongLine: start > 0, isFinal: true, (in LogEntry entry) =>
        {
            var at = entry.At ?? ReadLeadingTime(entry.Text);
            oldest ??= at;
            if (at >= from && at <= to && entry.ToLine().Text is var text && CauseEngine.MaySpeak(text))
            {
                newest.Enqueue(new LoggedLine(place.Name, at, text.Length > LongestText ? text[..LongestText] : text));
                if (newest.Count > MostKept)
                {
                    newest.Dequeue();
                }
            }
        });

        return oldest;
    }

    /// <summary>SoftwareDistribution.log and the logs of HTTP.sys begin a line with its time, in UTC.</summary>
    private static DateTimeOffset? ReadLeadingTime(ReadOnlySpan<byte> text)
    {
        Span<char> time = stackalloc char[TimeForm.Length];
        if (text.Length < time.Length || text[4] != '-')
        {
            return null;
        }

        for (var index = 0; index < time.Length; index++)
        {
            time[index] = (char)text[index];
        }

        return DateTimeOffset.TryParseExact(time, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
    }
}
