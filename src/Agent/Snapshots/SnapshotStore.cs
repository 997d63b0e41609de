using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Snapshots;

/// <summary>The last snapshot, and who wants to know of changes.</summary>
/// <remarks>Threading: any thread reads; writes and subscriptions are taken under one lock, so no change falls between the two.</remarks>
public sealed class SnapshotStore(AgentInfo agent, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly List<SnapshotSubscription> _subscriptions = [];
    private readonly Dictionary<string, Published> _published = [];
    private Snapshot _current = Snapshot.Empty(agent);

    /// <summary>All that is known now.</summary>
    public Snapshot Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    /// <summary>Returns the snapshot and every change after it.</summary>
    public SnapshotSubscription Subscribe()
    {
        lock (_lock)
        {
            var subscription = new SnapshotSubscription(_current, Unsubscribe);
            _subscriptions.Add(subscription);
            return subscription;
        }
    }

    internal Snapshot Apply(SectionBinding slot, Reading reading, ReadTiming timing)
    {
        lock (_lock)
        {
            var next = slot.Apply(_current, reading, timing);
            if (!slot.ContentOf(_current).Equals(slot.ContentOf(next)))
            {
                next = slot.WithRevision(next, slot.RevisionOf(_current) + 1) with { Revision = _current.Revision + 1 };
            }

            _current = next;
            var changed = IsWorthSending(slot, next);
            foreach (var subscription in _subscriptions)
            {
                subscription.Publish(slot.Name, changed);
            }

            return next;
        }
    }

    private bool IsWorthSending(SectionBinding slot, Snapshot snapshot)
    {
        var revision = slot.RevisionOf(snapshot);
        var now = timeProvider.GetTimestamp();
        if (_published.TryGetValue(slot.Name, out var last)
            && last.Meaning.Equals(slot.MeaningOf(snapshot, last.Meaning))
            && (last.Revision == revision || timeProvider.GetElapsedTime(last.At, now) < slot.NoiseInterval))
        {
            return false;
        }

        _published[slot.Name] = new Published(slot.MeaningOf(snapshot, null), revision, now);
        return true;
    }

    private void Unsubscribe(SnapshotSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private sealed record Published(object Meaning, long Revision, long At);
}
