using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>
/// Tells readers which problems have changed. A reader has a set of dirty ids and one signal: nothing queues up behind a slow one. Threading: one lock guards
/// the readers and their sets.
/// </summary>
internal sealed class ProblemFeed(TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly HashSet<ProblemSubscription> _subscriptions = [];

    /// <summary>Every change from now on. Dispose it when the reader goes.</summary>
    public ProblemSubscription Subscribe()
    {
        var subscription = new ProblemSubscription(this, timeProvider);
        lock (_lock)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    internal int SubscriptionCount
    {
        get
        {
            lock (_lock)
            {
                return _subscriptions.Count;
            }
        }
    }

    internal void Mark(IReadOnlyCollection<long> changed)
    {
        lock (_lock)
        {
            foreach (var subscription in _subscriptions)
            {
                subscription.Mark(changed);
            }
        }
    }

    internal void Unsubscribe(ProblemSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    /// <summary>Takes what is dirty and leaves nothing so.</summary>
    internal IReadOnlyList<long> Take(ProblemSubscription subscription)
    {
        lock (_lock)
        {
            return subscription.Take();
        }
    }
}

/// <summary>One reader of the problems.</summary>
internal sealed class ProblemSubscription : IDisposable
{
    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(100);

    private readonly ProblemFeed _feed;
    private readonly TimeProvider _timeProvider;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<long> _dirty = [];

    internal ProblemSubscription(ProblemFeed feed, TimeProvider timeProvider) => (_feed, _timeProvider) = (feed, timeProvider);

    /// <summary>Ids of problems that changed, came or went; the first batch at once, at most ten a second. One reader at a time.</summary>
    public async IAsyncEnumerable<IReadOnlyList<long>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _signal.Reader.WaitToReadAsync(cancellationToken))
        {
            _signal.Reader.TryRead(out _);
            if (_feed.Take(this) is { Count: > 0 } changed)
            {
                yield return changed;
                await Task.Delay(BatchInterval, _timeProvider, cancellationToken);
            }
        }
    }

    /// <summary>Ends the reading, too.</summary>
    public void Dispose()
    {
        _feed.Unsubscribe(this);
        _signal.Writer.TryComplete();
    }

    /// <summary>Called under the lock of the feed.</summary>
    internal void Mark(IReadOnlyCollection<long> changed)
    {
        _dirty.UnionWith(changed);
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Called under the lock of the feed.</summary>
    internal IReadOnlyList<long> Take()
    {
        List<long> taken = [.. _dirty];
        _dirty.Clear();
        return taken;
    }
}
