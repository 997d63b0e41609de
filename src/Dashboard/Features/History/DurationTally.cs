using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Durations by class, and by day in steps of a tenth of an octave at most: percentiles are right to 5 % without keeping a single duration.</summary>
internal sealed class DurationTally(DayCalendar calendar)
{
    private const int StepsPerOctave = 8;
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
    public void Add(int day, in PackedRun run)
    {
        _classes[(ClassOf(run.Seconds) * 5) + (int)run.Result]++;
        if (run.Result == SyncResult.Succeeded)
        {
            _byDay[(day * Steps) + StepOf(run.Seconds)]++;
        }
    }

    public int Bytes => (_byDay.Length + _classes.Length) * sizeof(int);

    /// <summary>Adds what another one counted.</summary>
    /// <param name="other">Counts of days that this one has too.</param>
    /// <param name="shift">Index here of the other's first day.</param>
    public void Add(DurationTally other, int shift)
    {
        for (var index = Math.Max(0, -shift * Steps); index < Math.Min(other._byDay.Length, _byDay.Length - (shift * Steps)); index++)
        {
            _byDay[(shift * Steps) + index] += other._byDay[index];
        }

        for (var index = 0; index < _classes.Length; index++)
        {
            _classes[index] += other._classes[index];
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
        // The octave and the three bits below its highest: eight equal steps an octave.
        var value = (uint)seconds + StepsPerOctave;
        var octave = System.Numerics.BitOperations.Log2(value);
        return Math.Min(Steps - 1, ((octave - 3) * StepsPerOctave) + (int)((value >> (octave - 3)) & (StepsPerOctave - 1)));
    }

    private static double MiddleOf(int step)
    {
        var octave = (step / StepsPerOctave) + 3;
        var width = 1L << (octave - 3);
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
