using System.Numerics;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Evidence;

/// <summary>A line that was kept.</summary>
/// <param name="Line">The line.</param>
/// <param name="IsTelling">It speaks for a cause, or is one that the causes look at; not merely one that sounds like trouble.</param>
internal sealed record KeptLine(LoggedLine Line, bool IsTelling);

/// <summary>What one log says of a run.</summary>
/// <param name="Lines">Oldest first.</param>
/// <param name="GoodRuns">The good runs whose time it still covers, as bits: bit 0 is the newest.</param>
internal sealed record LogReading(IReadOnlyList<KeptLine> Lines, uint GoodRuns);

/// <summary>Looks for the lines around a run that say something, and for the same lines around good runs, in one pass over each file. Bounded: so much of the end of a file, so many lines.</summary>
/// <remarks>Threading: one reading, one caller.</remarks>
internal sealed class LogWindow(LogLocation place, RunWindows windows)
{
    /// <summary>The logs of Configuration Manager roll over at 2 to 5 MB by default; a larger one is looked at from its end.</summary>
    private const int MaximumBytes = 8 * 1024 * 1024;

    private const int HeadBytes = 4 * 1024;
    private const int MostKept = 2000;

    /// <summary>Lines of good runs that differ: more than any log was seen to have. Where there are more, nothing is compared.</summary>
    private const int MostShapes = 20_000;

    /// <summary>The good runs, as bits, in which a line of this shape stands.</summary>
    private readonly Dictionary<string, uint> _shapes = new(StringComparer.Ordinal);

    private readonly List<(DateTimeOffset At, TakenLine Line)> _found = [];

    /// <summary>The telling lines, and where room is left those that sound like trouble; those that good runs have too go last.</summary>
    /// <exception cref="IOException">The file is locked.</exception>
    /// <exception cref="UnauthorizedAccessException">The account may not read it.</exception>
    public static LogReading Read(LogLocation place, RunWindows windows, int maximum)
    {
        var window = new LogWindow(place, windows);
        var oldest = window.ReadFiles();
        return new LogReading(window.Choose(window.Covered(oldest), maximum), window.Covered(oldest));
    }

    /// <summary>The newest file, and the one before it where the newest does not reach back to all that is asked for; the time of the oldest entry.</summary>
    private DateTimeOffset? ReadFiles()
    {
        var earliest = windows.Good.Select(good => good.From).Append(windows.Run.From).Min();
        DateTimeOffset? oldest = null;
        foreach (var path in (IEnumerable<string>)[place.Path, .. place.Older])
        {
            var (first, isWhole) = ReadFile(path);
            oldest = first ?? oldest;

            // Behind a file of which only the end was read there is a gap.
            if (!isWhole || oldest <= earliest)
            {
                break;
            }
        }

        return oldest;
    }

    private uint Covered(DateTimeOffset? oldest)
    {
        var covered = 0u;
        for (var index = 0; index < windows.Good.Count && _shapes.Count < MostShapes; index++)
        {
            covered |= oldest <= windows.Good[index].From ? 1u << index : 0;
        }

        return covered;
    }

    private List<KeptLine> Choose(uint covered, int maximum)
    {
        var lines = _found.OrderBy(item => item.At).Select(item => ToLine(item, covered)).ToList();
        var progress = lines.FindAll(line => line.Text.Contains(CauseEngine.Progress, StringComparison.Ordinal));
        var kept = lines.Except(progress.SkipLast(1)).Select(line => new KeptLine(line, CauseEngine.IsTelling(line))).ToList();
        var telling = Prefer(kept.Where(item => item.IsTelling).DistinctBy(item => item.Line.Text), maximum);
        var rest = Prefer(kept.Where(item => !item.IsTelling), maximum - telling.Count);

        return [.. telling.Concat(rest).OrderBy(item => item.Line.At)];
    }

    /// <summary>The newest of those that no good run has, then the newest of the others.</summary>
    private static List<KeptLine> Prefer(IEnumerable<KeptLine> lines, int maximum) =>
        [.. lines.Reverse().OrderBy(item => item.Line.GoodRuns > 0).Take(maximum)];

    private LoggedLine ToLine((DateTimeOffset At, TakenLine Line) item, uint covered) => new(place.Name, item.At, item.Line.Text)
    {
        GoodRuns = BitOperations.PopCount(_shapes.GetValueOrDefault(item.Line.Shape) & covered),
        CoveredGoodRuns = BitOperations.PopCount(covered),
    };

    /// <summary>The time of the oldest entry that was seen; null where the file is not there or has none. False where only the end of it was read.</summary>
    private (DateTimeOffset? Oldest, bool IsWhole) ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            return (null, true);
        }

        using var file = LogFollower.Open(path);
        var start = Math.Max(0, file.Length - MaximumBytes);
        var form = place.CreateForm();
        if (start > 0)
        {
            form.ReadHead(ReadHead(file));
        }

        Queue<(DateTimeOffset At, TakenLine Line)> newest = new();
        DateTimeOffset? oldest = null;
        LogPieces.Read(file, start, (in LogEntry entry) =>
        {
            if (form.ReadTime(entry) is not { } at)
            {
                return;
            }

            oldest ??= at;
            var good = FindGoodRuns(at);
            if ((good != 0 || windows.Run.Contains(at)) && form.Take(entry) is { } line)
            {
                Note(line, good);
                if (windows.Run.Contains(at))
                {
                    newest.Enqueue((at, line));
                    if (newest.Count > MostKept)
                    {
                        newest.Dequeue();
                    }
                }
            }
        });
        _found.AddRange(newest);

        return (oldest, start == 0);
    }

    private void Note(TakenLine line, uint good)
    {
        if (good != 0 && (_shapes.Count < MostShapes || _shapes.ContainsKey(line.Shape)))
        {
            _shapes[line.Shape] = _shapes.GetValueOrDefault(line.Shape) | good;
        }
    }

    private uint FindGoodRuns(DateTimeOffset at)
    {
        var found = 0u;
        for (var index = 0; index < windows.Good.Count; index++)
        {
            found |= windows.Good[index].Contains(at) ? 1u << index : 0;
        }

        return found;
    }

    private static byte[] ReadHead(FileStream file)
    {
        var bytes = new byte[HeadBytes];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..read];
    }
}
