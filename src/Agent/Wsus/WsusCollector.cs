using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Wsus;

/// <summary>Reads WSUS: state each time; history, set-up and counts when they may have changed. While WSUS does not answer, history and counts come from SUSDB.</summary>
/// <remarks>Threading: one read at a time; the host sees to it.</remarks>
internal sealed class WsusCollector(
    WsusClient client, WsusRegistry registry, WsusCountsReader counts, WsusHistoryReader history, SusdbSizeReader size, AgentStore store, AgentOptions options, TimeProvider timeProvider) : ICollector
{
    private readonly DueTimer _setupTimer = new(timeProvider);
    private SubscriptionReading? _subscription;
    private WsusSetup _setup = new();

    public string SectionName => SectionNames.Wsus;

    public TimeSpan IdleInterval => options.IdleInterval;

    public TimeSpan Timeout => TimeSpan.FromMinutes(2);

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        if (registry.FindAddress() is not { } address)
        {
            return Reading.NotInstalled("WSUS isn't installed on this server.");
        }

        await size.ReadAsync(cancellationToken).ConfigureAwait(false);
        SubscriptionReading subscription;
        try
        {
            subscription = await client.ReadStateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EdgeException exception)
        {
            return await CollectFromDatabaseAsync(address, exception, depth, cancellationToken).ConfigureAwait(false);
        }

        return Reading.Ok(await CollectFromServiceAsync(address, subscription, depth, cancellationToken).ConfigureAwait(false));
    }

    private async Task<WsusState> CollectFromServiceAsync(WsusAddress address, SubscriptionReading subscription, ReadDepth depth, CancellationToken cancellationToken)
    {
        var isAwaited = depth == ReadDepth.Everything;
        var hasChanged = subscription.State != _subscription?.State;
        await history.ReadAsync(subscription.IsSynchronizing, isAwaited || hasChanged || subscription.IsSynchronizing, cancellationToken).ConfigureAwait(false);
        _subscription = subscription;
        if (_setupTimer.IsDue(options.CountsInterval))
        {
            _setup = await client.ReadSetupAsync(cancellationToken).ConfigureAwait(false);
            _setupTimer.Mark();
        }

        // A count in the middle of a synchronization would slow it down and be out of date at its end.
        var counted = subscription.IsSynchronizing
            ? counts.Last
            : await counts.ReadAsync(serviceAnswers: true, isOwed: hasChanged, isAwaited, cancellationToken).ConfigureAwait(false);
        return Describe(address, subscription, counted);
    }

    private async Task<Reading> CollectFromDatabaseAsync(WsusAddress address, EdgeException exception, ReadDepth depth, CancellationToken cancellationToken)
    {
        var isAwaited = depth == ReadDepth.Everything;
        await history.ReadFromDatabaseAsync(isAwaited, cancellationToken).ConfigureAwait(false);
        var counted = await counts.ReadAsync(serviceAnswers: false, isOwed: false, isAwaited, cancellationToken).ConfigureAwait(false);
        var problem = history.DatabaseProblem is { } susdb ? SusdbProblem.Join(exception.Message, susdb) : $"{exception.Message} Meanwhile, history and counts come from SUSDB.";
        if (_subscription is null && counted.Counts is null && history.DatabaseProblem is not null)
        {
            return Reading.Unreadable(exception.Failure, problem);
        }

        // Nobody says what goes on now. What was seen last stays, but a synchronization whose end is in the history does not.
        var subscription = _subscription ?? new SubscriptionReading();
        if (subscription.IsSynchronizing && store.ReadNewestRuns(SyncSource.Wsus, 1) is [{ EndedAt: not null }, ..])
        {
            subscription = subscription with { State = SubscriptionState.NotRunning, Progress = null };
            _subscription = subscription;
        }

        return Reading.Unreadable(exception.Failure, problem, Describe(address, subscription, counted));
    }

    private WsusState Describe(WsusAddress address, SubscriptionReading subscription, WsusCounted counted) => new()
    {
        Version = _setup.Version,
        Port = address.Port,
        UsesTls = address.UsesTls,
        SubscriptionState = subscription.State,
        Progress = subscription.IsSynchronizing ? Progress(subscription) : null,
        NextSyncAt = subscription.NextSyncAt,
        SynchronizesAutomatically = subscription.SynchronizesAutomatically,
        Counts = counted.Counts,
        CountsReadAt = counted.ReadAt,
        CountsSource = counted.Source,
        CountsProblem = counted.Problem,
        HistorySource = history.Source,
        Source = _setup.Source,
        IsReplica = _setup.IsReplica,
        UsesProxy = _setup.UsesProxy,
        ProxyName = _setup.ProxyName,
        DatabaseServer = registry.FindDatabase() is { IsPipe: false } database ? database.Server : "",
        PublicName = registry.FindPublicName() ?? "",
        DownstreamServers = [.. _setup.DownstreamServers],
        Database = size.Last,
        DatabaseProblem = size.Problem,
    };

    private SyncProgress Progress(SubscriptionReading subscription)
    {
        var startedAt = store.ReadNewestRuns(SyncSource.Wsus, 1) is [{ Result: SyncResult.Running } open, ..] ? open.StartedAt : (DateTimeOffset?)null;
        return (subscription.Progress ?? new SyncProgress(SyncPhase.Unknown, 0, 0, null)) with { StartedAt = startedAt };
    }
}
