namespace WsusDashboard.Agent;

/// <summary>A limit on the clock that nobody sets: it neither ends early nor late when the server's time is changed.</summary>
internal readonly struct Deadline
{
    private readonly TimeProvider _timeProvider;
    private readonly long _start;
    private readonly TimeSpan _limit;

    private Deadline(TimeSpan limit, TimeProvider timeProvider) => (_limit, _timeProvider, _start) = (limit, timeProvider, timeProvider.GetTimestamp());

    /// <summary>Begins now.</summary>
    public static Deadline After(TimeSpan limit, TimeProvider timeProvider) => new(limit, timeProvider);

    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed => _timeProvider.GetElapsedTime(_start);

    /// <summary>Not below zero.</summary>
    public TimeSpan Left => Elapsed < _limit ? _limit - Elapsed : TimeSpan.Zero;

    public bool IsOver => Elapsed >= _limit;
}
