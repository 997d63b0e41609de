namespace WsusDashboard.Agent.Snapshots.Collecting;

/// <summary>When something is to be done again. It counts time that passes, not the clock, which somebody may set back or forward.</summary>
/// <remarks>Threading: one caller at a time.</remarks>
internal sealed class DueTimer(TimeProvider timeProvider)
{
    private long? _markedAt;

    /// <summary>True before the first mark, and once so much time has passed since the last.</summary>
    public bool IsDue(TimeSpan interval) => _markedAt is not { } at || timeProvider.GetElapsedTime(at) >= interval;

    /// <summary>Begins the interval.</summary>
    public void Mark() => _markedAt = timeProvider.GetTimestamp();
}
