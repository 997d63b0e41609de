using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Snapshots;

/// <summary>The snapshot at the moment of subscribing, and what changed since. Changes are a set of names and one signal, never a queue.</summary>
/// <remarks>Threading: the store writes under its lock; one reader takes.</remarks>
public sealed class SnapshotSubscription : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly Action<SnapshotSubscription> _unsubscribe;
    private readonly HashSet<string> _changed = [];
    private readonly HashSet<string> _read = [];

    internal SnapshotSubscription(Snapshot initial, Action<SnapshotSubscription> unsubscribe)
    {
        Initial = initial;
        _unsubscribe = unsubscribe;
    }

    /// <summary>All that was known when this subscription began; every later change is signalled.</summary>
    public Snapshot Initial { get; }

    /// <summary>Names of the sections that changed since the last call.</summary>
    public IReadOnlyList<string> TakeChanged() => Take(_changed);

    /// <summary>Names of the sections that were read again since the last call and in which nothing changed.</summary>
    public IReadOnlyList<string> TakeRead() => Take(_read);

    /// <summary>Waits for a change, or for <see cref="Wake"/>; returns at once where one came since the last wait.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _signal.WaitAsync(cancellationToken);

    /// <summary>Ends the present or the next wait.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (_signal.CurrentCount == 0)
            {
                _signal.Release();
            }
        }
    }

    public void Dispose() => _unsubscribe(this);

    internal void Publish(string sectionName, bool changed)
    {
        lock (_lock)
        {
            if (!changed)
            {
                _read.Add(sectionName);
                return;
            }

            _changed.Add(sectionName);
            _read.Remove(sectionName);
        }

        Wake();
    }

    private string[] Take(HashSet<string> names)
    {
        lock (_lock)
        {
            string[] taken = [.. SectionNames.All.Where(names.Contains)];
            names.Clear();
            return taken;
        }
    }
}
