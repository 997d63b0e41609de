using System.Globalization;
using WsusDashboard.Dashboard.Features.Logs;

namespace WsusDashboard.Dashboard.Features.Servers.Sections;

/// <summary>A place in a log: which one, and when. Pure.</summary>
/// <param name="Log">As the agent names it.</param>
/// <param name="At">UTC.</param>
public sealed record LogMoment(string Log, DateTimeOffset At)
{
    /// <summary>Lines of one moment are written a little apart, and clocks of two logs too.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>Of the fields of an address; null where they name no log that can be opened, or no time.</summary>
    public static LogMoment? Of(string? log, string? at) =>
        LogService.Names.FirstOrDefault(name => string.Equals(name, log, StringComparison.OrdinalIgnoreCase)) is { } known
        && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? new(known, moment)
            : null;

    /// <summary>At most so many lines with the moment in their middle; the last ones where no line has a time.</summary>
    internal IReadOnlyList<LogEntry> Around(IReadOnlyList<LogEntry> lines, int count)
    {
        var middle = Nearest(lines) ?? lines.Count - 1;
        var first = Math.Clamp(middle - (count / 2), 0, Math.Max(0, lines.Count - count));
        return [.. lines.Skip(first).Take(count)];
    }

    /// <summary>Index of the first of the lines that are nearest to the moment; null where none has a time.</summary>
    internal int? Nearest(IReadOnlyList<LogEntry> lines)
    {
        (int Index, TimeSpan Distance)? best = null;
        for (var index = 0; index < lines.Count; index++)
        {
            if (lines[index].At is { } at && (best is null || (at - At).Duration() < best.Value.Distance))
            {
                best = (index, (at - At).Duration());
            }
        }

        return best?.Index;
    }

    /// <summary>What to say where the log no longer holds the moment, or not yet; null where it does.</summary>
    internal string? Missing(IReadOnlyList<LogEntry> lines, string serverName, Func<DateTimeOffset, string> minute)
    {
        var times = lines.Select(line => line.At).OfType<DateTimeOffset>().ToList();
        return times.Count == 0 ? $"{Log} on {serverName} has no lines with a time."
            : times.Min() > At + Tolerance ? $"{Log} on {serverName} can be read back to {minute(times.Min())}, which is later than {minute(At)}. The lines kept with the sync are on the sync's page."
            : times.Max() < At - Tolerance ? $"{Log} on {serverName} ends at {minute(times.Max())}, before {minute(At)}."
            : null;
    }
}
