using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Durations by class, and by day in sixteen steps an octave: percentiles are right to 5 % without keeping a single duration.</summary>
internal sealed class DurationCounts(DayCalendar calendar)
{
    private const int Bits = 4;
    private const int StepsPerOctave = 1 << Bits;
    private const int Octaves = 20;
    private const int Steps = StepsPerOctave * Octaves;

    // Upper limits of the classes; the last has none.
    private static readonly int[] Limits = [60, 120, 300, 600, 1_200, 2_400, 3_600, 7_200, 14_400, 28_800];

    // By seconds, because this is asked three million times.
    private static readonly byte[] ClassBySeconds = [.. Enumerable.Range(0, Limits[^1]).Select(seconds => (byte)Limits.Count(limit => seconds >= limit))];

    private readonly int[] _byDay = new int[calendar.Days.Count * Steps];
    private readonly int[] _classes = new int[(Limits.Length + 1) * 5];

    /// <summary>One that ended, with a known result.</summary>
    /// <param name="day">Index of the viewer's day.</param>
    public void Add(int day, PackedRun run)
    {
        _classes[(ClassOf(run.Seconds) * 5) + (int)run.Result]++;
        if (run.Result == SyncResult.Succeeded)
        {
            _byDay[(day * Steps) + StepOf(run.Seconds)]++;
        }
    }

    public DurationStatistics Build()
    {
        var all = new int[Steps];
        var days = new List<DurationDay>(calendar.Days.Count);
        for (var day = 0; day < calendar.Days.Count; day++)
        {
            var steps = _byDay.AsSpan(day * Steps, Steps);
            for (var step = 0; step < Steps; step++)
            {
                all[step] += steps[step];
            }

            var count = Sum(steps);
            days.Add(new(calendar.Days[day], Percentile(steps, count, 0.5), Percentile(steps, count, 0.9), count));
        }

        var total = Sum(all);
        return new()
        {
            Classes = [.. Enumerable.Range(0, Limits.Length + 1).Select(ToClass)],
            Median = Percentile(all, total, 0.5),
            Percentile90 = Percentile(all, total, 0.9),
            Days = days,
        };
    }

    private static int ClassOf(int seconds) => seconds < ClassBySeconds.Length ? ClassBySeconds[seconds] : Limits.Length;

    private static int Sum(ReadOnlySpan<int> counts)
    {
        var sum = 0;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }

    private static int StepOf(int seconds)
    {
        // The octave and the four bits below its highest: sixteen equal steps an octave.
        var value = (uint)seconds + StepsPerOctave;
        var octave = System.Numerics.BitOperations.Log2(value);
        return Math.Min(Steps - 1, ((octave - Bits) * StepsPerOctave) + (int)((value >> (octave - Bits)) & (StepsPerOctave - 1)));
    }

    private static double MiddleOf(int step)
    {
        var octave = (step / StepsPerOctave) + Bits;
        var width = 1L << (octave - Bits);
        var low = (StepsPerOctave + (step % StepsPerOctave)) * width;
        return low - StepsPerOctave + ((width - 1) / 2.0);
    }

    private static TimeSpan? Percentile(ReadOnlySpan<int> steps, int total, double share)
    {
        if (total == 0)
        {
            return null;
        }

        var wanted = Math.Max(1, (int)Math.Ceiling(total * share));
        var seen = 0;
        for (var step = 0; step < steps.Length; step++)
        {
            seen += steps[step];
            if (seen >= wanted)
            {
                return TimeSpan.FromSeconds(Math.Round(MiddleOf(step)));
            }
        }

        return null;
    }

    private DurationClass ToClass(int index) => new(
        TimeSpan.FromSeconds(index == 0 ? 0 : Limits[index - 1]),
        index < Limits.Length ? TimeSpan.FromSeconds(Limits[index]) : null,
        _classes[(index * 5) + (int)SyncResult.Succeeded],
        _classes[(index * 5) + (int)SyncResult.Cancelled],
        _classes[(index * 5) + (int)SyncResult.Failed]);
}
