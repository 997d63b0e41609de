namespace WsusDashboard.Agent.Events;

/// <summary>Notices that the clock was set: it moved by more, or by less, than time passed.</summary>
/// <remarks>Threading: one caller at a time.</remarks>
internal sealed class ClockChangeDetector(TimeProvider timeProvider)
{
    /// <summary>A time service corrects a clock by seconds; this much is a person's doing, or a guest that was put back.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private DateTimeOffset _lastTime = timeProvider.GetUtcNow();
    private long _lastStamp = timeProvider.GetTimestamp();

    /// <summary>True where it was set since the last call.</summary>
    public bool WasSet()
    {
        var (time, stamp) = (timeProvider.GetUtcNow(), timeProvider.GetTimestamp());
        var difference = time - _lastTime - timeProvider.GetElapsedTime(_lastStamp, stamp);
        (_lastTime, _lastStamp) = (time, stamp);
        return difference.Duration() > Tolerance;
    }
}
