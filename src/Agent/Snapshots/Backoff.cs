namespace WsusDashboard.Agent.Snapshots;

/// <summary>Capped exponential wait after failures, with jitter so that sources are not asked in step.</summary>
internal static class Backoff
{
    private const double Jitter = 0.2;

    /// <param name="interval">The wait after a success.</param>
    /// <param name="failures">Failures in a row; 0 gives the plain interval.</param>
    /// <param name="cap">The longest wait before jitter; never shorter than the interval.</param>
    /// <param name="random">A number from 0 to 1.</param>
    public static TimeSpan Delay(TimeSpan interval, int failures, TimeSpan cap, double random)
    {
        if (failures == 0)
        {
            return interval;
        }

        var longest = cap > interval ? cap : interval;
        var doubled = interval * Math.Pow(2, Math.Min(failures - 1, 16));

        return (doubled < longest ? doubled : longest) * (1 + (Jitter * random));
    }
}
