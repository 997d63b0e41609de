using System.Globalization;
using System.Threading.Channels;

namespace WsusDashboard.Dashboard.Cluster;

/// <summary>
/// Ids of which something is new, collected for one reader: a set and a signal, so that nothing queues up behind a slow one. Threading: any thread marks, one reads.
/// </summary>
internal sealed class IdBatch
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private HashSet<int> _ids = [];
    private bool _isEverything;

    /// <summary>What was announced; <see cref="Announcements.Everything"/> stands for all there are.</summary>
    public void Mark(IReadOnlyList<string> items)
    {
        lock (_lock)
        {
            foreach (var item in items)
            {
                if (int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                {
                    _ids.Add(id);
                }
                else
                {
                    _isEverything = true;
                }
            }
        }

        _signal.Writer.TryWrite(true);
    }

    public void Mark(IEnumerable<int> ids)
    {
        lock (_lock)
        {
            _ids.UnionWith(ids);
        }

        _signal.Writer.TryWrite(true);
    }

    public void MarkEverything()
    {
        lock (_lock)
        {
            _isEverything = true;
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Waits until something is marked, and takes all of it; null for everything.</summary>
    public async Task<IReadOnlyCollection<int>?> TakeAsync(CancellationToken cancellationToken)
    {
        await _signal.Reader.ReadAsync(cancellationToken);
        lock (_lock)
        {
            var (ids, isEverything) = (_ids, _isEverything);
            (_ids, _isEverything) = ([], false);
            return isEverything ? null : ids;
        }
    }
}
