using System.Diagnostics.CodeAnalysis;

namespace WsusDashboard.Agent.Repairs.Running;

/// <summary>One change at a time on one server: a repair or a direct command holds it while it works.</summary>
/// <remarks>Safe for use from several threads. Closed until the journal was read: a run may be waiting in it.</remarks>
internal sealed class ChangeLock
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _occupiedBy = "the agent has just started and is reading its journal";

    /// <summary>What goes on, for a person; null while nothing does.</summary>
    public string? OccupiedBy
    {
        get
        {
            lock (_gate)
            {
                return _occupiedBy;
            }
        }
    }

    /// <summary>Ends when the journal was read, or could not be read at the first attempt: a request of the agent's first moments waits for it instead of being refused.</summary>
    public Task WhenSettled => _settled.Task;

    /// <summary>The journal was read and holds no unfinished run.</summary>
    public void Open() => Set(null);

    /// <summary>The journal cannot be read: nothing is let in until it can.</summary>
    public void StayClosed() => Set("the agent can't read its journal and keeps retrying; its log says why");

    /// <summary>An unfinished run was found in the journal.</summary>
    public IDisposable OpenOccupied(string what)
    {
        Set(what);
        return new Occupation(this);
    }

    /// <summary>Takes the gate, or says who has it.</summary>
    public bool TryEnter(string what, [NotNullWhen(true)] out IDisposable? occupation, [NotNullWhen(false)] out string? occupiedBy)
    {
        lock (_gate)
        {
            occupiedBy = _occupiedBy;
            if (occupiedBy is not null)
            {
                occupation = null;
                return false;
            }

            _occupiedBy = what;
            occupation = new Occupation(this);
            return true;
        }
    }

    /// <summary>What is told to a caller who does not get in.</summary>
    public static CommandException Occupied(string computerName, string occupiedBy) =>
        new(CommandFailure.Conflict, $"{computerName}: {occupiedBy}. Nothing else was started; wait until it finishes.") { IsTemporary = true };

    private void Set(string? occupiedBy)
    {
        lock (_gate)
        {
            _occupiedBy = occupiedBy;
        }

        _settled.TrySetResult();
    }

    private sealed class Occupation(ChangeLock owner) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                owner.Open();
            }
        }
    }
}
