namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>What one process of a subject cost in one round.</summary>
internal sealed record Sample
{
    /// <summary>From the start of the process to the first request that was answered.</summary>
    public required TimeSpan StartUp { get; init; }

    public required long ResidentKilobytes { get; init; }

    public required long PrivateKilobytes { get; init; }

    /// <summary>Of one core, over the measured time.</summary>
    public required double ProcessorPercent { get; init; }

    public required double BytesPerMinute { get; init; }

    public required int Processes { get; init; }
}

/// <summary>All samples of one subject.</summary>
internal sealed record SubjectResult(Subject Subject, long DiskBytes, IReadOnlyList<Sample> Samples)
{
    public double Median(Func<Sample, double> value)
    {
        var ordered = Samples.Select(value).Order().ToList();
        var middle = ordered.Count / 2;
        return ordered.Count % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
    }
}
