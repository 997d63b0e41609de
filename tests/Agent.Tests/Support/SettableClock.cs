using Microsoft.Extensions.Time.Testing;

namespace WsusDashboard.Agent.Tests.Support;

/// <summary>A clock that a person sets forward or back: the time it shows changes, the time that passes does not.</summary>
internal sealed class SettableClock(DateTimeOffset start) : TimeProvider
{
    private readonly FakeTimeProvider _inner = new(start);
    private TimeSpan _shift;

    public override long TimestampFrequency => _inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow() + _shift;

    public override long GetTimestamp() => _inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _inner.CreateTimer(callback, state, dueTime, period);

    public void Advance(TimeSpan time) => _inner.Advance(time);

    public void Set(DateTimeOffset now) => _shift = now - _inner.GetUtcNow();
}
