using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Wsus;

/// <summary>Reads WSUS: state each time; history, set-up and counts when they may have changed.</summary>
/// <remarks>Threading: one read at a time; the host sees to it.</remarks>
internal sealed class WsusCollector(WsusClient client, WsusRegistry registry, AgentStore store, AgentOptions options, TimeProvider timeProvider) : ICollector
{
    private static readonly TimeSpan HistoryInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstHistory = TimeSpan.FromDays(90);

    /// <summary>Events are asked for from a little before the newest known start, because clocks and commits are not exact.</summary>
    private static readonly TimeSpan HistoryOverlap = TimeSpan.FromMinutes(1);

    private SubscriptionState _lastState;
    private DateTimeOffset? _historyReadAt;
    private DateTimeOffset? _countsReadAt;
    private DateTimeOffset? _setupReadAt;
    private WsusSetup _setup = new();
    private WsusCounts? _counts;
    private bool _countsAreOwed = true;

    public string SectionName => SectionNames.Wsus;

    public TimeSpan IdleInterval => options.IdleInterval;

    public TimeSpan Timeout => TimeSpan.FromMinutes(2);

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        if (registry.FindAddress() is not { } address)
        {
            return Reading.NotInstalled("WSUS is not installed on this server.");
        }

        var now = timeProvider.GetUtcNow();
        var subscription = await client.ReadStateAsync(cancellationToken).ConfigureAwait(false);
        var hasChanged = subscription.State != _lastState;
        _countsAreOwed |= hasChanged && !subscription.IsSynchronizing;
        var everything = depth == ReadDepth.Everything;
        var history = _historyReadAt;
        if (everything || hasChanged || subscription.IsSynchronizing || IsDue(history, HistoryInterval, now))
        {
            await ReadHistoryAsync(subscription, now, cancellationToken).ConfigureAwait(false);
            _historyReadAt = now;
        }

        _lastState = subscription.State;
        if (IsDue(_setupReadAt, options.CountsInterval, now))
        {
            _setup = await client.ReadSetupAsync(cancellationToken).ConfigureAwait(false);
            _setupReadAt = now;
        }

        if (!subscription.IsSynchronizing && (everything || _countsAreOwed || IsDue(_countsReadAt, options.CountsInterval, now)))
        {
            _counts = await client.ReadCountsAsync(cancellationToken).ConfigureAwait(false);
            _countsReadAt = now;
            _countsAreOwed = false;
        }

        return Reading.Ok(Describe(address, subscription));
    }

    private static bool IsDue(DateTimeOffset? readAt, TimeSpan interval, DateTimeOffset now) => readAt is not { } last || now - last >= interval;

    private WsusState Describe(WsusAddress address, SubscriptionReading subscription) => new()
    {
        Version = _setup.Version,
        Port = address.Port,
        UsesTls = address.UsesTls,
        SubscriptionState = subscription.State,
        Progress = subscription.IsSynchronizing ? Progress(subscription) : null,
        NextSyncAt = subscription.NextSyncAt,
        SynchronizesAutomatically = subscription.SynchronizesAutomatically,
        Counts = _counts,
        CountsReadAt = _countsReadAt,
        Source = _setup.Source,
        IsReplica = _setup.IsReplica,
        UsesProxy = _setup.UsesProxy,
        ProxyName = _setup.ProxyName,
    };

    private SyncProgress Progress(SubscriptionReading subscription)
    {
        var startedAt = store.ReadNewestRuns(SyncSource.Wsus, 1) is [{ Result: SyncResult.Running } open, ..] ? open.StartedAt : (DateTimeOffset?)null;
        return (subscription.Progress ?? new SyncProgress(SyncPhase.Unknown, 0, 0, null)) with { StartedAt = startedAt };
    }

    private async Task ReadHistoryAsync(SubscriptionReading subscription, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var newest = store.ReadNewestRuns(SyncSource.Wsus, 1) is [var run, ..] ? run : null;
        var since = newest is null ? now - FirstHistory : newest.StartedAt - HistoryOverlap;
        var runs = await client.ReadHistoryAsync(since, cancellationToken).ConfigureAwait(false);

        // While WSUS says that nothing runs, a start without an end was cut off (a crash, a service that was stopped).
        var settled = runs.Select(run => run.Result == SyncResult.Running && !subscription.IsSynchronizing ? run with { Result = SyncResult.Unknown } : run);
        await store.SaveAsync(new StoreBatch { SyncRuns = [.. settled] }, cancellationToken).ConfigureAwait(false);
    }
}
