using System.Globalization;

namespace WsusDashboard.Benchmarks.Diagnosis;

/// <summary>The 95 % interval of a share after Wilson (1927): honest also for few cases and for shares near 0 and 1, where the usual interval isn't.</summary>
internal static class Wilson
{
    private const double Z = 1.959964;

    /// <summary>Lower and upper bound, 0 to 1; 0 and 1 where nothing was counted.</summary>
    public static (double Low, double High) Interval(int hits, int count)
    {
        if (count == 0)
        {
            return (0, 1);
        }

        var share = (double)hits / count;
        var denominator = 1 + (Z * Z / count);
        var centre = (share + (Z * Z / (2 * count))) / denominator;
        var half = Z * Math.Sqrt((share * (1 - share) / count) + (Z * Z / (4d * count * count))) / denominator;

        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    /// <summary>"24 of 26, 92 % (76–98 %)"; "–" where nothing was counted.</summary>
    public static string Describe(int hits, int count)
    {
        if (count == 0)
        {
            return "–";
        }

        var (low, high) = Interval(hits, count);

        return string.Create(CultureInfo.InvariantCulture, $"{hits} of {count}, {100d * hits / count:F0} % ({100 * low:F0}–{100 * high:F0} %)");
    }
}
