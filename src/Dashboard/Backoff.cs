namespace WsusDashboard.Dashboard;

/// <summary>Waits after failures: doubling from a second to a cap, each with jitter, so that a thousand links do not come back in one moment.</summary>
/// <param name="cap">The longest wait.</param>
/// <param name="random">A number from 0 to 1, exclusive.</param>
internal sealed class Backoff(TimeSpan cap, Func<double> random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>Between half of the full wait and all of it.</summary>
    /// <param name="attempt">From 1.</param>
    public TimeSpan Next(int attempt)
    {
        var full = First * Math.Pow(2, Math.Clamp(attempt - 1, 0, 20));
        return (full < cap ? full : cap) * (0.5 + (random() / 2));
    }
}
