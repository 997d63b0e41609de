namespace WsusDashboard.Agent.Repairs.Running;

/// <summary>One start of a repair at a time, because each reads the server first; somebody on the server goes before all hubs that wait.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class StartTurn
{
    /// <summary>Hubs that wait; more are refused.</summary>
    public const int MaximumWaitingHubs = 20;

    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _local = [];
    private readonly LinkedList<TaskCompletionSource> _hubs = [];
    private bool _isTaken;

    /// <summary>Waits for the turn; disposing what is returned gives it to the next.</summary>
    /// <exception cref="CommandException">Too many hubs wait.</exception>
    public async Task<IDisposable> EnterAsync(bool isLocal, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var queue = isLocal ? _local : _hubs;
        lock (_gate)
        {
            if (!_isTaken)
            {
                _isTaken = true;
                return new Taken(this);
            }

            if (!isLocal && _hubs.Count >= MaximumWaitingHubs)
            {
                throw new CommandException(CommandFailure.Conflict, $"{MaximumWaitingHubs} starts of repairs are already waiting on this server. Nothing was started.") { IsTemporary = true };
            }

            queue.AddLast(turn);
        }

        try
        {
            await turn.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            var isNext = false;
            lock (_gate)
            {
                isNext = !queue.Remove(turn);
            }

            if (isNext)
            {
                // It was given the turn in the same moment.
                Leave();
            }

            throw;
        }

        return new Taken(this);
    }

    private void Leave()
    {
        lock (_gate)
        {
            var queue = _local.Count > 0 ? _local : _hubs;
            if (queue.First is not { Value: var next })
            {
                _isTaken = false;
                return;
            }

            queue.RemoveFirst();
            next.SetResult();
        }
    }

    private sealed class Taken(StartTurn owner) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                owner.Leave();
            }
        }
    }
}
