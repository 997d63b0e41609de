using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace WsusDashboard.Dashboard.Live;

/// <summary>What changed since the batch before.</summary>
/// <param name="Changed">The servers that changed or came, as they are now.</param>
/// <param name="Removed">Ids of the servers that went, or no longer pass the filter.</param>
/// <param name="Revision">Of the fleet when they were taken: a digest of at least this revision holds them.</param>
/// <param name="IsReset">True where another fleet took the place of the one before: <paramref name="Changed"/> is all of it.</param>
public sealed record LiveChanges(IReadOnlyList<LiveServer> Changed, IReadOnlyList<int> Removed, long Revision, bool IsReset = false);

/// <summary>One reader of the live state. Dispose it when the reader goes. Threading: the sets belong to the lock of the live state.</summary>
public sealed class LiveSubscription : IDisposable
{
    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(100);

    private readonly LiveFleet _state;
    private readonly Func<LiveServer, bool>? _filter;
    private readonly TimeProvider _timeProvider;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<int> _visible;
    private readonly HashSet<int> _dirty = [];
    private readonly HashSet<int> _gone = [];
    private bool _isReset;

    internal LiveSubscription(LiveFleet state, IReadOnlyList<LiveServer> snapshot, Func<LiveServer, bool>? filter, TimeProvider timeProvider)
    {
        _state = state;
        _filter = filter;
        _timeProvider = timeProvider;
        _visible = [.. snapshot.Select(server => server.Id)];
        Snapshot = snapshot;
    }

    /// <summary>The servers as they were at the moment of the subscription.</summary>
    public IReadOnlyList<LiveServer> Snapshot { get; }

    /// <summary>Batches of changes, the first at once, at most ten a second. One reader at a time.</summary>
    public async IAsyncEnumerable<LiveChanges> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _signal.Reader.WaitToReadAsync(cancellationToken))
        {
            _signal.Reader.TryRead(out _);
            var changes = _state.Take(this);
            if (changes is { Changed.Count: 0, Removed.Count: 0, IsReset: false })
            {
                continue;
            }

            yield return changes;
            await Task.Delay(BatchInterval, _timeProvider, cancellationToken);
        }
    }

    /// <summary>Ends the reading, too.</summary>
    public void Dispose()
    {
        _state.Unsubscribe(this);
        _signal.Writer.TryComplete();
    }

    /// <summary>Called under the lock of the live state.</summary>
    internal LiveChanges Take(Func<int, LiveServer?> find, long revision)
    {
        var changes = new LiveChanges([.. _dirty.Select(find).OfType<LiveServer>()], [.. _gone], revision, _isReset);
        _dirty.Clear();
        _gone.Clear();
        _isReset = false;
        return changes;
    }

    /// <summary>Called under the lock of the live state.</summary>
    internal void MarkReset()
    {
        _isReset = true;
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Called under the lock of the live state.</summary>
    internal void Mark(LiveServer server)
    {
        if (_filter is null || _filter(server))
        {
            _visible.Add(server.Id);
            _gone.Remove(server.Id);
            _dirty.Add(server.Id);
            _signal.Writer.TryWrite(true);
        }
        else
        {
            MarkRemoved(server.Id);
        }
    }

    /// <summary>Called under the lock of the live state.</summary>
    internal void MarkRemoved(int serverId)
    {
        if (_visible.Remove(serverId))
        {
            _dirty.Remove(serverId);
            _gone.Add(serverId);
            _signal.Writer.TryWrite(true);
        }
    }
}
