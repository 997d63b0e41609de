using System.Globalization;

namespace WsusDashboard.Benchmarks.Fleet;

/// <summary>Milliseconds from changes to where they were seen. Threading: any thread adds.</summary>
internal sealed class Latencies
{
    private readonly Lock _lock = new();
    private List<double> _milliseconds = [];

    public void Add(double milliseconds)
    {
        lock (_lock)
        {
            _milliseconds.Add(milliseconds);
        }
    }

    /// <summary>What was added since the last call.</summary>
    public Percentiles Take()
    {
        List<double> taken;
        lock (_lock)
        {
            (taken, _milliseconds) = (_milliseconds, []);
        }

        taken.Sort();
        return new(taken.Count, At(0.5), At(0.95), At(0.99));

        double? At(double share) => taken.Count == 0 ? null : taken[(int)((taken.Count - 1) * share)];
    }
}

/// <summary>Milliseconds; null where nothing was seen.</summary>
internal sealed record Percentiles(int Count, double? Half, double? P95, double? P99)
{
    public static Percentiles Median(IReadOnlyList<Percentiles> all) =>
        new((int)all.Select(one => (double)one.Count).ToList().Median(), Of(all, one => one.Half), Of(all, one => one.P95), Of(all, one => one.P99));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Half:0} / {P95:0} / {P99:0}");

    private static double? Of(IReadOnlyList<Percentiles> all, Func<Percentiles, double?> value) =>
        all.Select(value).OfType<double>().ToList() is { Count: > 0 } known ? known.Median() : null;
}

internal static class Medians
{
    /// <summary>The middle one; of an even number the lower of the two, so that it is one that was measured.</summary>
    public static double Median(this IReadOnlyList<double> values) => values.Order().ElementAt((values.Count - 1) / 2);
}
