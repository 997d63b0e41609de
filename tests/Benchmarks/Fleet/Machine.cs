using System.Globalization;

namespace WsusDashboard.Benchmarks.Fleet;

/// <summary>What the whole machine does, as Linux counts it: a figure is worth as much as the machine was quiet.</summary>
/// <param name="Busy">Processor time of all processes since the machine's start, in ticks.</param>
/// <param name="All">All ticks of all processors since the machine's start.</param>
internal readonly record struct Machine(long Busy, long All)
{
    private const int IdleField = 3;
    private const int WaitField = 4;

    public static Machine Read()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return new(ticks.Sum() - ticks[IdleField] - ticks[WaitField], ticks.Sum());
    }

    /// <summary>The average number of programs that wanted a processor in the last minute.</summary>
    public static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Processors that were busy between the two, from 0 to their number.</summary>
    public double ProcessorsSince(Machine before) => (double)(Busy - before.Busy) / Math.Max(1, All - before.All) * Environment.ProcessorCount;
}
