using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Probing;

namespace WsusDashboard.Shared.Samples;

/// <summary>Measures of one server in one minute, as its agent took them.</summary>
public sealed record ServerSample
{
    /// <summary>Minutes from 1970 (UTC); one sample a minute.</summary>
    public required long Minute { get; init; }

    /// <summary>Private memory of all workers of the WSUS pool, in kilobytes; null = no worker, or unknown.</summary>
    public long? WorkerKilobytes { get; init; }

    /// <summary>Private memory limit of the pool in kilobytes; 0 = no limit.</summary>
    public long? LimitKilobytes { get; init; }

    /// <summary>Requests that waited in the pool's queue.</summary>
    public long? QueuedRequests { get; init; }

    /// <summary>Requests refused with 503 since the sample before.</summary>
    public long? RejectedRequests { get; init; }

    /// <summary>Updates that WSUS has.</summary>
    public long? Updates { get; init; }

    /// <summary>Software updates that Configuration Manager has.</summary>
    public long? ConfigMgrUpdates { get; init; }

    /// <summary>Memory of the agent itself, in kilobytes.</summary>
    public long? AgentMemoryKilobytes { get; init; }

    /// <summary>How WSUS answered as a client would ask; an endpoint that was not asked in this minute is not there.</summary>
    public ValueList<EndpointSample> Client { get; init; } = [];

    /// <summary>The minute as a time; one that a calendar does not have is the first or the last it has.</summary>
    public DateTimeOffset At => DateTimeOffset.UnixEpoch.AddMinutes(Math.Clamp(Minute, MinuteOf(DateTimeOffset.MinValue), MinuteOf(DateTimeOffset.MaxValue)));

    /// <summary>The minute in which a moment lies.</summary>
    public static long MinuteOf(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute;
}

/// <summary>How one endpoint answered in a minute.</summary>
/// <param name="Endpoint">Which.</param>
/// <param name="Milliseconds">How long it took, as <see cref="Round"/> makes it; null where there was no answer.</param>
/// <param name="IsFailing">A client does not get what it needs.</param>
public sealed record EndpointSample(ClientEndpoint Endpoint, long? Milliseconds, bool IsFailing)
{
    private const long FineStep = 10;

    /// <summary>Milliseconds as they are kept: up to the next ten below 100, above that with two digits that count. What is finer trembles with every answer, says nothing and costs room in every minute of a year.</summary>
    public static long Round(TimeSpan duration)
    {
        var milliseconds = Math.Max(1, (long)Math.Ceiling(duration.TotalMilliseconds));
        var unit = FineStep;
        while (milliseconds >= unit * 100)
        {
            unit *= 10;
        }

        return (milliseconds + (milliseconds < FineStep * 10 ? unit - 1 : unit / 2)) / unit * unit;
    }
}
