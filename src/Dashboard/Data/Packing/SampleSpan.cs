using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Probing;
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

    /// <summary>Mean time of the answers to a client, in milliseconds, by endpoint in the order of <see cref="ClientEndpoints.All"/>; empty = none was asked.</summary>
    public ValueList<long?> ClientMilliseconds { get; init; } = NoAnswers;

    /// <summary>The slowest answer that a client got, in milliseconds.</summary>
    public long? ClientMaximum { get; init; }

    /// <summary>Minutes in which a client did not get what it needs; null = nobody asked.</summary>
    public long? ClientFailing { get; init; }

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
        ClientMilliseconds = sample.Client.Count == 0 ? NoAnswers : [.. ClientEndpoints.All.Select(endpoint => Find(sample, endpoint)?.Milliseconds)],
        ClientMaximum = OfClients(sample).Max(answer => answer.Milliseconds),
        ClientFailing = sample.Client.Count == 0 ? null : OfClients(sample).Any(answer => answer.IsFailing) ? 1 : 0,
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
            ClientMilliseconds = MeanAnswers(spans),
            ClientMaximum = spans.Max(span => span.ClientMaximum),
            ClientFailing = spans.Any(span => span.ClientFailing is not null) ? spans.Sum(span => span.ClientFailing) : null,
        };
    }

    /// <summary>The usual case: it costs no object a minute.</summary>
    internal static ValueList<long?> NoAnswers { get; } = [];

    private static EndpointSample? Find(ServerSample sample, ClientEndpoint endpoint) => sample.Client.FirstOrDefault(answer => answer.Endpoint == endpoint);

    private static IEnumerable<EndpointSample> OfClients(ServerSample sample) => sample.Client.Where(answer => ClientEndpoints.OfClients.Contains(answer.Endpoint));

    private static ValueList<long?> MeanAnswers(IReadOnlyList<SampleSpan> spans)
    {
        var asked = spans.Where(span => span.ClientMilliseconds.Count > 0).ToList();
        return asked.Count == 0 ? NoAnswers : [.. ClientEndpoints.All.Select((_, index) => Mean(asked, index))];
    }

    private static long? Mean(List<SampleSpan> spans, int index)
    {
        var answered = spans.Where(span => span.ClientMilliseconds[index] is not null).ToList();
        return answered.Count == 0 ? null : (long)Math.Round(answered.Sum(span => (double)span.ClientMilliseconds[index]!.Value * span.Samples) / answered.Sum(span => span.Samples));
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
