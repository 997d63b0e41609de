using System.Diagnostics.CodeAnalysis;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What waits to be stored, bounded in bytes: all of it, and the share of one server, so that no agent takes the room of the others. Threading: any thread.</summary>
internal sealed class HistoryQueue
{
    /// <summary>All that waits; while the database does not answer, the agents keep the rest.</summary>
    internal const long MaximumBytes = 32L * 1024 * 1024;

    internal const long MaximumBytesOfServer = MaximumBytes / 4;

    private readonly Lock _lock = new();
    private readonly Queue<HistoryItem> _items = new();
    private readonly Dictionary<int, long> _ofServer = [];
    private long _bytes;

    /// <summary>False where there is no room. A server that has nothing waiting always finds some, as long as there is any.</summary>
    public bool TryAdd(HistoryItem item)
    {
        lock (_lock)
        {
            var own = _ofServer.GetValueOrDefault(item.ServerId);
            if (_bytes + item.Bytes > MaximumBytes || (own > 0 && own + item.Bytes > MaximumBytesOfServer))
            {
                return false;
            }

            _items.Enqueue(item);
            _bytes += item.Bytes;
            _ofServer[item.ServerId] = own + item.Bytes;
            return true;
        }
    }

    public bool TryTake([NotNullWhen(true)] out HistoryItem? item)
    {
        lock (_lock)
        {
            if (!_items.TryDequeue(out item))
            {
                return false;
            }

            _bytes -= item.Bytes;
            if ((_ofServer[item.ServerId] -= item.Bytes) == 0)
            {
                _ofServer.Remove(item.ServerId);
            }

            return true;
        }
    }

    /// <summary>True where at most half is taken, of the whole and of the server's share: there is no use in coming back for one place.</summary>
    public bool HasRoomFor(int serverId)
    {
        lock (_lock)
        {
            return _bytes < MaximumBytes / 2 && _ofServer.GetValueOrDefault(serverId) < MaximumBytesOfServer / 2;
        }
    }
}
