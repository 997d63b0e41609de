namespace WsusDashboard.Shared;

/// <summary>Waits after failures: doubling from the first to the longest, each between half of that and all of it, so that a thousand links don't come back at the same moment.</summary>
/// <param name="first">The wait after the first failure.</param>
/// <param name="longest">No wait is longer.</param>
/// <param name="random">A number from 0 to 1; null draws one.</param>
public sealed class Backoff(TimeSpan first, TimeSpan longest, Func<double>? random = null)
{
    private const int MostDoublings = 20;
    private readonly Func<double> _random = random ?? Random.Shared.NextDouble;

    /// <summary>Begins with a second.</summary>
    public Backoff(TimeSpan longest, Func<double>? random = null)
        : this(TimeSpan.FromSeconds(1), longest, random)
    {
    }

    /// <param name="failures">Failures in a row, from 1.</param>
    public TimeSpan Next(int failures)
    {
        var full = first * Math.Pow(2, Math.Clamp(failures - 1, 0, MostDoublings));
        return (full < longest ? full : longest) * (0.5 + (_random() / 2));
    }
}
