namespace WsusDashboard.Agent.Snapshots;

/// <summary>Whether something goes on that a person may be watching: a repair, or a synchronization.</summary>
/// <remarks>Threading: any thread sets and reads; <see cref="Changed"/> ends whenever the answer changes.</remarks>
public sealed class BusyState
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _reasons = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsBusy
    {
        get
        {
            lock (_lock)
            {
                return _reasons.Count > 0;
            }
        }
    }

    /// <summary>Ends with the next change of <see cref="IsBusy"/>; take it before reading the state.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Sets or clears one reason, for example "repair".</summary>
    public void Set(string reason, bool busy)
    {
        TaskCompletionSource? ended = null;
        lock (_lock)
        {
            var before = _reasons.Count > 0;
            _ = busy ? _reasons.Add(reason) : _reasons.Remove(reason);
            if (before != _reasons.Count > 0)
            {
                ended = _changed;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        ended?.TrySetResult();
    }
}
