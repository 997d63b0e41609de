using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Samples;

namespace WsusDashboard.Dashboard.Data.Packing;

/// <summary>Measures of one minute, or those of an hour or a day rolled up. Memory is in kilobytes; null = unknown.</summary>
internal sealed record SampleSpan
{
    /// <summary>Minutes, hours or days from 1970 (UTC), as the grain is.</summary>
    public required int Unit { get; init; }

    /// <summary>Minutes that were measured.</summary>
    public int Samples { get; init; } = 1;

    public long? WorkerMinimum { get; init; }
    public long? WorkerMean { get; init; }
    public long? WorkerMaximum { get; init; }

    /// <summary>The last one; 0 = no limit.</summary>
    public long? Limit { get; init; }

    public long? QueuedMaximum { get; init; }

    /// <summary>Requests refused with 503 in this span.</summary>
    public long? Rejected { get; init; }

    /// <summary>The last one.</summary>
    public long? Updates { get; init; }

    /// <summary>The last one.</summary>
    public long? ConfigMgrUpdates { get; init; }

    public long? AgentMemoryMaximum { get; init; }

    public static SampleSpan From(ServerSample sample) => new()
    {
        Unit = (int)sample.Minute,
        WorkerMinimum = sample.WorkerKilobytes,
        WorkerMean = sample.WorkerKilobytes,
        WorkerMaximum = sample.WorkerKilobytes,
        Limit = sample.LimitKilobytes,
        QueuedMaximum = sample.QueuedRequests,
        Rejected = sample.RejectedRequests,
        Updates = sample.Updates,
        ConfigMgrUpdates = sample.ConfigMgrUpdates,
        AgentMemoryMaximum = sample.AgentMemoryKilobytes,
    };

    /// <summary>One span of several, which come in the order of time.</summary>
    public static SampleSpan Merge(int unit, IReadOnlyList<SampleSpan> spans)
    {
        var measured = spans.Where(span => span.WorkerMean is not null).ToList();
        return new()
        {
            Unit = unit,
            Samples = spans.Sum(span => span.Samples),
            WorkerMinimum = spans.Min(span => span.WorkerMinimum),
            WorkerMean = measured.Count == 0 ? null : (long)Math.Round(measured.Sum(span => (double)span.WorkerMean!.Value * span.Samples) / measured.Sum(span => span.Samples)),
            WorkerMaximum = spans.Max(span => span.WorkerMaximum),
            Limit = Last(spans, span => span.Limit),
            QueuedMaximum = spans.Max(span => span.QueuedMaximum),
            Rejected = spans.Any(span => span.Rejected is not null) ? spans.Sum(span => span.Rejected) : null,
            Updates = Last(spans, span => span.Updates),
            ConfigMgrUpdates = Last(spans, span => span.ConfigMgrUpdates),
            AgentMemoryMaximum = spans.Max(span => span.AgentMemoryMaximum),
        };
    }

    private static long? Last(IReadOnlyList<SampleSpan> spans, Func<SampleSpan, long?> value) => spans.Select(value).LastOrDefault(known => known is not null);
}

/// <summary>The arithmetic of grains and chunks. All units count from 1970 (UTC).</summary>
internal static class Grains
{
    public static int MinutesOf(SampleGrain grain) => grain switch
    {
        SampleGrain.Minute => 1,
        SampleGrain.Hour => 60,
        SampleGrain.Day => 24 * 60,
        _ => throw new ArgumentOutOfRangeException(nameof(grain), grain, null),
    };

    public static DateTime StartOf(SampleGrain grain, int unit) => DateTime.UnixEpoch.AddMinutes((double)unit * MinutesOf(grain));

    /// <summary>The unit in which a moment lies.</summary>
    public static int UnitOf(SampleGrain grain, DateTime utc) => (int)((utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMinute / MinutesOf(grain));

    /// <summary>The start of the chunk that a unit is in, in hours.</summary>
    public static int ChunkOf(SampleGrain grain, int unit) => grain switch
    {
        SampleGrain.Minute => unit / 60,
        SampleGrain.Hour => unit / 24 * 24,
        SampleGrain.Day => UnitOf(SampleGrain.Hour, Month.StartOf(Month.Of(StartOf(SampleGrain.Day, unit)))),
        _ => throw new ArgumentOutOfRangeException(nameof(grain), grain, null),
    };
}
