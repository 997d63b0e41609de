using System.Diagnostics.CodeAnalysis;

namespace WsusDashboard.Agent.Repairs.Running;

/// <summary>
/// One change at a time on one server: a repair or a direct command holds it while it works. Somebody on the server waits for a direct command and is next;
/// a hub is refused while anything goes on, so that one which asks again and again keeps nobody there out.
/// </summary>
/// <remarks>Safe for use from several threads. Closed until the journal was read: a run may be waiting in it.</remarks>
internal sealed class ChangeLock
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _occupiedBy = "the agent has just started and is reading its journal";

    /// <summary>True where it is not waited for: a repair takes minutes to hours.</summary>
    private bool _isLong = true;

    /// <summary>Set where whoever has the gate is done, and leaves in a moment.</summary>
    private TaskCompletionSource? _leaving;

    /// <summary>How long somebody on the server waits for a direct command.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(30);

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
    public void Open()
    {
        Release();
        _settled.TrySetResult();
    }

    /// <summary>The journal cannot be read: nothing is let in until it can.</summary>
    public void StayClosed() => Settle("the agent can't read its journal and keeps retrying; its log says why");

    /// <summary>An unfinished run was found in the journal.</summary>
    public IDisposable OpenOccupied(string what)
    {
        Settle(what);
        return new Occupation(this);
    }

    /// <summary>Takes the gate, or says who has it.</summary>
    public bool TryEnter(string what, [NotNullWhen(true)] out IDisposable? occupation, [NotNullWhen(false)] out string? occupiedBy, bool isRepair = false)
    {
        lock (_gate)
        {
            occupiedBy = _occupiedBy;
            occupation = occupiedBy is null ? Occupy(what, isRepair) : null;
            return occupation is not null;
        }
    }

    /// <summary>Takes the gate for somebody on the server: a direct command is waited for, and whoever waits goes before all who ask meanwhile.</summary>
    /// <param name="what">What is to be done, for a person.</param>
    /// <param name="computerName">This server.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="CommandException">A repair goes on, or the command did not end in time.</exception>
    public async Task<IDisposable> EnterFirstAsync(string what, string computerName, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_occupiedBy is null)
            {
                return Occupy(what, isRepair: false);
            }

            if (_isLong)
            {
                throw Occupied(computerName, _occupiedBy);
            }

            waiter = new(what);
            _waiters.AddLast(waiter);
        }

        try
        {
            return await waiter.Turn.Task.WaitAsync(LongestWait, timeProvider, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            string? occupiedBy;
            lock (_gate)
            {
                occupiedBy = _occupiedBy;
                _waiters.Remove(waiter);
            }

            // Handed over in the same moment: it is given back, or the lock would stay shut.
            if (waiter.Turn.Task.IsCompletedSuccessfully)
            {
                (await waiter.Turn.Task).Dispose();
            }

            throw exception is OperationCanceledException ? exception : Occupied(computerName, occupiedBy ?? what);
        }
    }

    /// <summary>Whoever holds the gate goes on with a repair.</summary>
    public void GoOn(string what)
    {
        lock (_gate)
        {
            (_occupiedBy, _isLong) = (what, true);
        }
    }

    /// <summary>Whoever holds the gate is about to tell that it has ended: who starts the next thing at that word finds the gate open, or waits for the moment that is missing.</summary>
    public void PrepareToLeave()
    {
        lock (_gate)
        {
            (_isLong, _leaving) = (false, _leaving ?? new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }

    /// <summary>Waits where whoever holds the gate is leaving it; asks nothing of anybody else. An end that the disk holds up is waited for no longer than a direct command.</summary>
    public async Task WhenLeftAsync(TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        Task left;
        lock (_gate)
        {
            left = _leaving?.Task ?? Task.CompletedTask;
        }

        await left.WaitAsync(LongestWait, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>What is told to a caller who does not get in.</summary>
    public static CommandException Occupied(string computerName, string occupiedBy) =>
        new(CommandFailure.Conflict, $"{computerName}: {occupiedBy}. Nothing else was started; wait until it finishes.") { IsTemporary = true };

    private Occupation Occupy(string what, bool isRepair)
    {
        (_occupiedBy, _isLong) = (what, isRepair);
        return new(this);
    }

    private void Settle(string occupiedBy)
    {
        lock (_gate)
        {
            (_occupiedBy, _isLong) = (occupiedBy, true);
        }

        _settled.TrySetResult();
    }

    private void Release()
    {
        lock (_gate)
        {
            _leaving?.SetResult();
            _leaving = null;
            if (_waiters.First is not { Value: var next })
            {
                _occupiedBy = null;
                return;
            }

            _waiters.RemoveFirst();
            next.Turn.SetResult(Occupy(next.What, isRepair: false));
        }
    }

    private sealed class Waiter(string what)
    {
        public string What => what;

        public TaskCompletionSource<IDisposable> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Occupation(ChangeLock owner) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                owner.Release();
            }
        }
    }
}
