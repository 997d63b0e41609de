using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace WsusDashboard.Dashboard.Tests.Components;

/// <summary>A fake clock that tells when someone begins to wait, so that a test advances it neither too early nor by guess.</summary>
internal sealed class WatchedTimeProvider(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (period == Timeout.InfiniteTimeSpan)
        {
            _waits.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    /// <summary>Ends when someone waits for this time, and lets it pass.</summary>
    public async Task PassAsync(TimeSpan wait)
    {
        while (await _waits.Reader.ReadAsync(Xunit.TestContext.Current.CancellationToken) != wait)
        {
            // Someone else's wait.
        }

        Advance(wait);
    }
}
