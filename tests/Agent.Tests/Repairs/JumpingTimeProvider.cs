using Microsoft.Extensions.Time.Testing;

namespace WsusDashboard.Agent.Tests.Repairs;

/// <summary>
/// A clock in which nobody waits: a pause (Task.Delay) moves the time on and is over. A deadline (a CancellationTokenSource) does not
/// move it: it is reached only through the pauses, as in life.
/// </summary>
internal sealed class JumpingTimeProvider() : FakeTimeProvider(new DateTimeOffset(2026, 11, 17, 6, 0, 0, TimeSpan.Zero))
{
    private TimeSpan _shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _shift;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <summary>Somebody sets the clock: what it shows changes, what has passed does not.</summary>
    public void SetClock(TimeSpan by) => _shift += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (state is not CancellationTokenSource && dueTime > TimeSpan.Zero)
        {
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}
