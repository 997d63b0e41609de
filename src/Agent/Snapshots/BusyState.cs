namespace WsusDashboard.Agent.Snapshots;

/// <summary>Whether something goes on that a person may be watching: a repair, or a synchronization.</summary>
/// <remarks>Threading: any thread sets and reads; <see cref="Changed"/> ends whenever one of the answers changes.</remarks>
public sealed class BusyState
{
    /// <summary>The reason of a repair; those of synchronizations are the names of the sections that tell them.</summary>
    public const string Repair = "repair";

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

    public bool IsRepairing
    {
        get
        {
            lock (_lock)
            {
                return _reasons.Contains(Repair);
            }
        }
    }

    /// <summary>Ends with the next change of <see cref="IsBusy"/> or <see cref="IsRepairing"/>; take it before reading the state.</summary>
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

    /// <summary>Sets or clears one reason, for example <see cref="Repair"/>.</summary>
    public void Set(string reason, bool busy)
    {
        TaskCompletionSource? ended = null;
        lock (_lock)
        {
            var (wasBusy, wasRepairing) = (_reasons.Count > 0, _reasons.Contains(Repair));
            _ = busy ? _reasons.Add(reason) : _reasons.Remove(reason);
            if (wasBusy != _reasons.Count > 0 || wasRepairing != _reasons.Contains(Repair))
            {
                ended = _changed;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        ended?.TrySetResult();
    }
}
