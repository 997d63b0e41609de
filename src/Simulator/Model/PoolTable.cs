using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Simulator.Model;

/// <summary>States of all application pools of one server. Callers hold the model's gate; seconds are simulated time.</summary>
internal sealed class PoolTable(Func<string, int> newProcessId)
{
    private const double StartSeconds = 0.4;
    private const double StopSeconds = 1.2;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Called with the pool's name and its new state.</summary>
    public event Action<string, PoolState>? Changed;

    public IEnumerable<KeyValuePair<string, PoolState>> States => _entries.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.State));

    /// <summary>A pool that the configuration has and nobody has stopped is started.</summary>
    public PoolState Read(string name) => Find(name).State;

    /// <summary>Process id of the worker of a pool that is not WsusPool; null while it is not started.</summary>
    public int? Worker(string name) => Find(name) is { State: PoolState.Started } entry ? entry.ProcessId ??= newProcessId(name) : null;

    public void Place(string name, PoolState state) => Find(name).State = state switch
    {
        PoolState.Starting => PoolState.Started,
        PoolState.Stopping => PoolState.Stopped,
        _ => state,
    };

    public PoolState Start(string name)
    {
        var entry = Find(name);
        return entry.State is PoolState.Started or PoolState.Starting ? entry.State : Set(name, entry, PoolState.Starting, StartSeconds);
    }

    public PoolState Stop(string name)
    {
        var entry = Find(name);
        return entry.State is PoolState.Stopped or PoolState.Stopping ? entry.State : Set(name, entry, PoolState.Stopping, StopSeconds);
    }

    /// <summary>At once: WAS ends all pools as it stops, and rapid-fail protection asks nobody.</summary>
    public void StopAtOnce(string name)
    {
        var entry = Find(name);
        if (entry.State != PoolState.Stopped)
        {
            Set(name, entry, PoolState.Stopped, 0);
        }
    }

    public void Recycle(string name) => Find(name).ProcessId = null;

    public void Step(double seconds)
    {
        foreach (var (name, entry) in _entries)
        {
            if (entry.State is PoolState.Starting or PoolState.Stopping && (entry.RemainingSeconds -= seconds) <= 0)
            {
                Set(name, entry, entry.State == PoolState.Starting ? PoolState.Started : PoolState.Stopped, 0);
            }
        }
    }

    private PoolState Set(string name, Entry entry, PoolState state, double seconds)
    {
        entry.State = state;
        entry.RemainingSeconds = seconds;
        if (state != PoolState.Started)
        {
            entry.ProcessId = null;
        }

        Changed?.Invoke(name, state);
        return state;
    }

    private Entry Find(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            _entries[name] = entry = new();
        }

        return entry;
    }

    private sealed class Entry
    {
        public PoolState State { get; set; } = PoolState.Started;
        public double RemainingSeconds { get; set; }
        public int? ProcessId { get; set; }
    }
}
