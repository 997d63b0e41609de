using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Repairs.Running;

namespace WsusDashboard.Agent.Tests.Repairs.Commands;

public sealed class ChangeLockTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ChangeLock _lock = new();

    public ChangeLockTests() => _lock.Open();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhenLeftAsync_RepairHasToldItsEnd_WaitsUntilItHasLeft()
    {
        Assert.True(_lock.TryEnter("a repair", out var repair, out _, isRepair: true));
        _lock.PrepareToLeave();

        var left = _lock.WhenLeftAsync(_time, Token);
        Assert.False(left.IsCompleted);
        repair.Dispose();
        await left;

        Assert.True(_lock.TryEnter("the next one", out _, out _));
    }

    [Fact]
    public async Task WhenLeftAsync_RepairGoesOn_WaitsForNothing()
    {
        Assert.True(_lock.TryEnter("a repair", out _, out _, isRepair: true));

        await _lock.WhenLeftAsync(_time, Token);

        Assert.False(_lock.TryEnter("another", out _, out _));
    }

    [Fact]
    public async Task WhenLeftAsync_DiskHoldsUpTheEnd_IsWaitedForSoLong()
    {
        Assert.True(_lock.TryEnter("a repair", out _, out _, isRepair: true));
        _lock.PrepareToLeave();

        var left = _lock.WhenLeftAsync(_time, Token);
        _time.Advance(ChangeLock.LongestWait);
        await left;

        Assert.Equal("a repair", _lock.OccupiedBy);
    }

    [Fact]
    public async Task EnterFirstAsync_RepairHasToldItsEnd_IsNext()
    {
        Assert.True(_lock.TryEnter("a repair", out var repair, out _, isRepair: true));
        _lock.PrepareToLeave();

        var next = _lock.EnterFirstAsync("a restart", "BRN-WSUS01", _time, Token);
        repair.Dispose();
        (await next).Dispose();

        Assert.Null(_lock.OccupiedBy);
    }

    [Fact]
    public async Task EnterFirstAsync_RepairBeganAfterOneThatEnded_IsRefused()
    {
        Assert.True(_lock.TryEnter("a repair", out var first, out _, isRepair: true));
        _lock.PrepareToLeave();
        first.Dispose();
        Assert.True(_lock.TryEnter("the next repair", out _, out _, isRepair: true));

        var exception = await Assert.ThrowsAsync<CommandException>(() => _lock.EnterFirstAsync("a restart", "BRN-WSUS01", _time, Token));

        Assert.Equal(CommandFailure.Conflict, exception.Failure);
    }
}
