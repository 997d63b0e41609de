using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Agent.Samples;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>What a watcher gets: the snapshot, then events in order, changed sections (the latest wins) and heartbeats.</summary>
/// <remarks>A slow watcher holds no queue here: events stand in the store, sections in the snapshot, and only their names are remembered.</remarks>
internal sealed class WatchStream(SnapshotStore snapshots, AgentStore store, SampleStore samples, AgentInfoReader info, TimeProvider timeProvider)
{
    private const int EventPage = 200;

    private static readonly TimeSpan ShortestHeartbeat = TimeSpan.FromMilliseconds(500);

    /// <summary>Watches until it is cancelled.</summary>
    /// <param name="afterSequence">The last event taken; 0 for none.</param>
    /// <param name="sequenceEpoch">The epoch of that event; another one sends all events that are kept.</param>
    /// <param name="samplesAfter">Minute of the last sample taken, 0 for none; null = no samples are asked for.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<Wire.WatchMessage> ReadAsync(long afterSequence, string sequenceEpoch, long? samplesAfter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var subscription = snapshots.Subscribe();
        store.EventsAppended += subscription.Wake;
        info.Changed += subscription.Wake;
        using var cursor = new SampleCursor(samples, samplesAfter, subscription.Wake);
        try
        {
            // Taken before each message: what follows one runs only when the next is asked for.
            var heartbeatAt = timeProvider.GetTimestamp();
            var snapshot = info.Complete(subscription.Initial);
            var told = snapshot.Agent;
            yield return new Wire.WatchMessage { Snapshot = snapshot.ToWire() };
            var isKnown = sequenceEpoch == store.SequenceEpoch && afterSequence <= store.LastSequence;
            var next = isKnown ? afterSequence + 1 : 1;
            while (!cancellationToken.IsCancellationRequested)
            {
                for (var page = EventPage; page > 0 && next <= store.LastSequence && !cancellationToken.IsCancellationRequested;)
                {
                    // None: a person emptied the table, or the file was exchanged. There is nothing to wait for.
                    var events = store.ReadEvents(next, EventPage);
                    page = events.Count;
                    foreach (var item in events)
                    {
                        yield return new Wire.WatchMessage { Event = item };
                        next = item.Sequence + 1;
                    }
                }

                // One message a turn: a week of samples must not hold up what happens now.
                if (cursor.Take() is { } taken)
                {
                    yield return taken;
                }

                var current = snapshots.Current;
                foreach (var name in subscription.TakeChanged())
                {
                    yield return new Wire.WatchMessage { Section = SectionBindings.Find(name).ToWire(current) };
                }

                // Looked at with every change and every heartbeat: the policy file says nothing by itself when it is written.
                if (info.Complete(current).Agent is var agent && (agent.Policy != told.Policy || !agent.Waiting.Equals(told.Waiting) || !agent.Problems.Equals(told.Problems)))
                {
                    told = agent;
                    yield return new Wire.WatchMessage { Info = agent.ToWire() };
                }

                var wait = HeartbeatInterval(current) - timeProvider.GetElapsedTime(heartbeatAt);
                if (wait <= TimeSpan.Zero)
                {
                    heartbeatAt = timeProvider.GetTimestamp();
                    yield return new Wire.WatchMessage { Heartbeat = CreateHeartbeat(subscription) };
                }
                else if (!cursor.IsBehind)
                {
                    await WaitAsync(subscription, wait, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            store.EventsAppended -= subscription.Wake;
            info.Changed -= subscription.Wake;
        }
    }

    /// <summary>Half the shortest interval of a section, so that an age on a page never passes two intervals while all is well.</summary>
    private static TimeSpan HeartbeatInterval(Snapshot snapshot)
    {
        TimeSpan[] intervals =
        [
            snapshot.Iis.Interval, snapshot.Services.Interval, snapshot.Wsus.Interval,
            snapshot.ConfigMgr.Interval, snapshot.Events.Interval, snapshot.Host.Interval, snapshot.Client.Interval,
        ];
        var half = intervals.Where(interval => interval > TimeSpan.Zero).DefaultIfEmpty(ContractLimits.HeartbeatInterval).Min() / 2;

        return half < ShortestHeartbeat ? ShortestHeartbeat : half > ContractLimits.HeartbeatInterval ? ContractLimits.HeartbeatInterval : half;
    }

    private Wire.Heartbeat CreateHeartbeat(SnapshotSubscription subscription)
    {
        var current = snapshots.Current;
        var reads = subscription.TakeRead().Select(name => SectionBindings.Find(name).ToSectionRead(current));

        return new Wire.Heartbeat { At = Timestamp.FromDateTimeOffset(timeProvider.GetUtcNow()), LastSequence = store.LastSequence, Reads = { reads } };
    }

    private async Task WaitAsync(SnapshotSubscription subscription, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(wait, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            await subscription.WaitAsync(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Time for a heartbeat, or the watch ends: the caller sees which.
        }
    }
}
