namespace WsusDashboard.Dashboard.Live;

/// <summary>
/// The live state of the fleet. Threading: one lock guards the dictionary and the subscriptions with their dirty ids; what is in the dictionary is
/// immutable. Only ingest writes. A subscriber has a set of dirty ids and one signal: the latest state wins, and nothing queues up behind a slow reader.
/// </summary>
public sealed class LiveState(TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, ServerLive> _servers = [];
    private readonly HashSet<LiveSubscription> _subscriptions = [];
    private long _revision;

    public ServerLive? Find(int serverId)
    {
        lock (_lock)
        {
            return _servers.GetValueOrDefault(serverId);
        }
    }

    public IReadOnlyList<ServerLive> GetAll()
    {
        lock (_lock)
        {
            return [.. _servers.Values];
        }
    }

    /// <summary>The state now, and every change after it; both taken under one lock, so that nothing falls in between.</summary>
    /// <param name="filter">Which servers; null = all. Called under the lock: it must be quick and must not call back.</param>
    public LiveSubscription Subscribe(Func<ServerLive, bool>? filter = null)
    {
        lock (_lock)
        {
            var snapshot = _servers.Values.Where(server => filter is null || filter(server)).ToList();
            var subscription = new LiveSubscription(this, snapshot, filter, timeProvider);
            _subscriptions.Add(subscription);
            return subscription;
        }
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

    internal void Publish(ServerLive server)
    {
        lock (_lock)
        {
            var published = server with { Revision = ++_revision };
            _servers[server.Id] = published;
            foreach (var subscription in _subscriptions)
            {
                subscription.Mark(published);
            }
        }
    }

    internal void Remove(int serverId)
    {
        lock (_lock)
        {
            if (_servers.Remove(serverId))
            {
                foreach (var subscription in _subscriptions)
                {
                    subscription.MarkRemoved(serverId);
                }
            }
        }
    }

    internal void Unsubscribe(LiveSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    /// <summary>Takes what is dirty and leaves the set empty; both under the lock.</summary>
    internal LiveChanges Take(HashSet<int> dirty, HashSet<int> gone)
    {
        lock (_lock)
        {
            var changed = dirty.Select(id => _servers.GetValueOrDefault(id)).OfType<ServerLive>().ToList();
            var removed = gone.ToList();
            dirty.Clear();
            gone.Clear();
            return new(changed, removed);
        }
    }
}
