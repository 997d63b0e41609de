using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace WsusDashboard.Shared.Telemetry;

/// <summary>The one meter and the one source of spans. Where nobody listens, a span is null and a measurement is a check.</summary>
public static class Instrumentation
{
    /// <summary>The name of the meter and of the source; names of metrics and attributes begin with it in lower case.</summary>
    public const string Name = "WsusDashboard";

    public static ActivitySource Spans { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);

    /// <summary>How long something took, in seconds; from milliseconds to minutes.</summary>
    public static Histogram<double> CreateDuration(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300] });

    /// <param name="histogram">One that <see cref="CreateDuration"/> made.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="error">The kind of the failure; null where it went well.</param>
    /// <param name="tags">What it was about.</param>
    public static void Record(this Histogram<double> histogram, TimeSpan duration, string? error, TagList tags = default)
    {
        if (error is not null)
        {
            tags.Add("error.type", error);
        }

        histogram.Record(duration.TotalSeconds, tags);
    }
}
