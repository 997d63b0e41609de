using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Samples;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Samples;

/// <summary>Once a minute: takes the measures that charts are drawn from out of the snapshot, and keeps them. Reads nothing of its own.</summary>
public sealed partial class Sampler(SnapshotStore snapshots, SampleStore samples, TimeProvider timeProvider, ILogger<Sampler> logger) : BackgroundService
{
    /// <summary>A question takes its time: an answer counts until the next one is overdue by this.</summary>
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromMinutes(1);

    private long? _rejectedBefore;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var now = timeProvider.GetUtcNow();
            var next = DateTimeOffset.UnixEpoch.AddMinutes(ServerSample.MinuteOf(now) + 1);
            await Task.Delay(next - now, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                await TakeAsync(stoppingToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Takes the sample of this minute. Where nothing was read yet there is none.</summary>
    internal async Task TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var snapshot = snapshots.Current;
            if (snapshot.Iis.ReadAt is not null || snapshot.Wsus.ReadAt is not null || snapshot.Host.ReadAt is not null)
            {
                await samples.AppendAsync(ToSample(ServerSample.MinuteOf(timeProvider.GetUtcNow()), snapshot), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (StoreException exception)
        {
            Log.NotKept(logger, exception);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The agent stops.
        }
    }

    private ServerSample ToSample(long minute, Snapshot snapshot)
    {
        // What cannot be read now is unknown in this minute; an old value would draw a line that nobody measured.
        var pool = snapshot.Iis.Status == SectionStatus.Ok ? snapshot.Iis.Value?.WsusPool : null;
        var workers = pool?.Workers.Select(worker => worker.PrivateKilobytes).OfType<long>().ToList();
        return new ServerSample
        {
            Minute = minute,
            WorkerKilobytes = workers is { Count: > 0 } ? workers.Sum() : null,
            LimitKilobytes = pool?.Settings.PrivateMemoryKilobytes,
            QueuedRequests = pool?.QueuedRequests,
            RejectedRequests = TakeRejected(pool?.RejectedRequests),
            Updates = snapshot.Wsus.Value?.Counts?.Updates,
            ConfigMgrUpdates = snapshot.ConfigMgr.Value?.SoftwareUpdateCount,
            AgentMemoryKilobytes = snapshot.Host.Value?.AgentMemoryKilobytes,
            Client = ReadClient(snapshot),
        };
    }

    private ValueList<EndpointSample> ReadClient(Snapshot snapshot) =>
        snapshot.Client is { Status: SectionStatus.Ok, Value: { } client, ReadAt: { } readAt, Interval: var interval } && timeProvider.GetUtcNow() - readAt < interval + LongestQuestion
            ? [.. client.Endpoints.Where(endpoint => endpoint.Skipped is not SkipReason.PoolIdle).Select(ToSample)]
            : [];

    private static EndpointSample ToSample(EndpointState endpoint) => new(
        endpoint.Endpoint, endpoint.Answer is { Failure: ProbeFailure.None, Duration: var duration } ? EndpointSample.Round(duration) : null, endpoint.IsFailing);

    /// <summary>The counter of HTTP.sys only rises, until its pool begins anew: then it starts at zero.</summary>
    private long? TakeRejected(long? counter)
    {
        if (counter is not { } now)
        {
            return null;
        }

        var before = _rejectedBefore;
        _rejectedBefore = now;
        return before is not { } known ? null : now >= known ? now - known : now;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Couldn't keep this minute's sample")]
        public static partial void NotKept(ILogger logger, Exception exception);
    }
}
