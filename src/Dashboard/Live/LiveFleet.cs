using System.Collections.Frozen;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Shared.Rules;

namespace WsusDashboard.Dashboard.Live;

/// <summary>
/// The live fleet: every server as it is now. It answers from memory; the database is for restart and history. Threading: one lock guards the dictionary
/// and the subscriptions with their dirty ids; what is in the dictionary is immutable. Only ingest writes. A subscriber has a set of dirty ids and one
/// signal: the latest state wins, and nothing queues up behind a slow reader.
/// </summary>
public sealed class LiveFleet(TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<int, LiveServer> _servers = [];
    private readonly HashSet<LiveSubscription> _subscriptions = [];
    private readonly Dictionary<SiteScope, FleetDigest> _digests = [];
    private FrozenDictionary<int, ServerDescription> _descriptions = FrozenDictionary<int, ServerDescription>.Empty;
    private long _revision;
    private long _attemptsRevision;
    private (long Revision, IReadOnlyList<Outage> Outages) _outages = (-1, []);

    /// <summary>Outages of Microsoft Update that the servers' newest synchronizations tell of, as of the last look.</summary>
    public IReadOnlyList<Outage> Outages
    {
        get
        {
            lock (_lock)
            {
                return _outages.Outages;
            }
        }
    }

    /// <summary>The one that goes on; null where none does.</summary>
    public Outage? CurrentOutage => OutageDetection.FindCurrent(Outages, timeProvider.GetUtcNow());

    /// <summary>Ends once every stored server is here.</summary>
    public Task WhenLoaded => _loaded.Task;

    public LiveServer? Find(int serverId)
    {
        lock (_lock)
        {
            return _servers.GetValueOrDefault(serverId);
        }
    }

    public IReadOnlyList<LiveServer> GetAll()
    {
        lock (_lock)
        {
            return [.. _servers.Values];
        }
    }

    /// <summary>The servers of a scope as they were a moment ago, at most <see cref="FleetDigest.LongestAge"/>: all readers of one scope share the counting and ordering.</summary>
    public FleetDigest GetDigest(SiteScope scope)
    {
        lock (_lock)
        {
            if (_digests.GetValueOrDefault(scope) is { } known && (known.Revision == _revision || known.IsFresh(timeProvider)))
            {
                return known;
            }

            // Scopes that nobody asks for any more go; as many stay as are read now.
            foreach (var (old, _) in _digests.Where(entry => !entry.Value.IsFresh(timeProvider)).ToList())
            {
                _digests.Remove(old);
            }

            return _digests[scope] = new([.. _servers.Values.Where(server => scope.Permits(server.Site))], _revision, timeProvider.GetTimestamp());
        }
    }

    /// <summary>The state now, and every change after it; both taken under one lock, so that nothing falls in between.</summary>
    /// <param name="filter">Which servers; null = all. Called under the lock: it must be quick and must not call back.</param>
    public LiveSubscription Subscribe(Func<LiveServer, bool>? filter = null)
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

    /// <summary>Looks for outages again, where a synchronization is new. Ingest does so every second: what it finds hangs on all servers, and is no matter of one.</summary>
    internal void LookForOutages()
    {
        IReadOnlyList<LiveServer> servers;
        long revision;
        lock (_lock)
        {
            if (_outages.Revision == _attemptsRevision)
            {
                return;
            }

            (servers, revision) = ([.. _servers.Values], _attemptsRevision);
        }

        var found = OutageDetection.FindAll(servers.SelectMany(server => server.SourceAttempts));
        lock (_lock)
        {
            _outages = (revision, found);
        }
    }

    internal void Publish(LiveServer server)
    {
        lock (_lock)
        {
            Put(server);
        }
    }

    internal void Remove(int serverId)
    {
        lock (_lock)
        {
            Drop(serverId);
        }
    }

    /// <summary>Puts this fleet in place of what is here; subscribers read the whole again.</summary>
    internal void Reset(IReadOnlyList<LiveServer> servers)
    {
        lock (_lock)
        {
            foreach (var subscription in _subscriptions)
            {
                subscription.MarkReset();
            }

            foreach (var gone in _servers.Keys.Except(servers.Select(server => server.Id)).ToList())
            {
                Drop(gone);
            }

            foreach (var server in servers)
            {
                Put(server);
            }
        }

        _loaded.TrySetResult();
    }

    /// <summary>Puts what people say about servers in place of what was said before; servers that come later get it, too.</summary>
    internal void Describe(FrozenDictionary<int, ServerDescription> descriptions)
    {
        lock (_lock)
        {
            _descriptions = descriptions;
            foreach (var server in _servers.Values.Where(server => server.Description != DescriptionOf(server.Id)).ToList())
            {
                Put(server);
            }
        }
    }

    /// <summary>Every stored server is here.</summary>
    internal void MarkLoaded() => _loaded.TrySetResult();

    internal void Unsubscribe(LiveSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    /// <summary>Takes what is dirty and leaves nothing so; both under the lock.</summary>
    internal LiveChanges Take(LiveSubscription subscription)
    {
        lock (_lock)
        {
            return subscription.Take(id => _servers.GetValueOrDefault(id), _revision);
        }
    }

    private void Put(LiveServer server)
    {
        var published = server with { Revision = ++_revision, Description = DescriptionOf(server.Id) };
        if (!ReferenceEquals(_servers.GetValueOrDefault(server.Id)?.SourceAttempts, server.SourceAttempts))
        {
            _attemptsRevision++;
        }

        _servers[server.Id] = published;
        foreach (var subscription in _subscriptions)
        {
            subscription.Mark(published);
        }
    }

    private ServerDescription DescriptionOf(int serverId) => _descriptions.GetValueOrDefault(serverId, ServerDescription.None);

    private void Drop(int serverId)
    {
        if (_servers.Remove(serverId))
        {
            _revision++;
            _attemptsRevision++;
            foreach (var subscription in _subscriptions)
            {
                subscription.MarkRemoved(serverId);
            }
        }
    }
}
