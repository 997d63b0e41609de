using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Repairs.Running;

namespace WsusDashboard.Agent.Tests.Repairs.Commands;

/// <summary>Somebody on the server against hubs that take the shared locks again and again.</summary>
public sealed class LocalFirstTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ChangeLock _lock = new();

    public LocalFirstTests() => _lock.Open();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ChangeLock_HubsThatAskInALoop_LetTheServerInNext()
    {
        Assert.True(_lock.TryEnter("a hub's command", out var hub, out _));
        var local = EnterAsync();
        Assert.False(_lock.TryEnter("the next of a hub", out _, out _));

        hub.Dispose();
        using var entered = await local;

        Assert.Equal("local", _lock.OccupiedBy);
        Assert.False(_lock.TryEnter("the next of a hub", out _, out _));
    }

    [Fact]
    public async Task ChangeLock_LocalOnesThatWait_ComeInTheirOrderAndTheLockOpensAfterwards()
    {
        Assert.True(_lock.TryEnter("a hub's command", out var hub, out _));
        var (first, second) = (EnterAsync("first"), EnterAsync("second"));

        hub.Dispose();
        (await first).Dispose();
        Assert.Equal("second", _lock.OccupiedBy);
        (await second).Dispose();

        Assert.Null(_lock.OccupiedBy);
    }

    [Fact]
    public async Task ChangeLock_ARepair_IsNotWaitedFor()
    {
        Assert.True(_lock.TryEnter("a repair", out var repair, out _, isRepair: true));

        Assert.True((await Assert.ThrowsAsync<CommandException>(() => EnterAsync())).IsTemporary);
        repair.Dispose();
        Assert.Null(_lock.OccupiedBy);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ChangeLock_WaitThatIsGivenUp_LeavesItOpenForTheNext(bool isTimedOut)
    {
        using var asking = new CancellationTokenSource();
        Assert.True(_lock.TryEnter("a hub's command", out var hub, out _));
        var local = _lock.EnterFirstAsync("local", "SUP01", _time, asking.Token);

        if (isTimedOut)
        {
            _time.Advance(ChangeLock.LongestWait);
            await Assert.ThrowsAsync<CommandException>(() => local);
        }
        else
        {
            await asking.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => local);
        }

        hub.Dispose();
        Assert.Null(_lock.OccupiedBy);
    }

    [Fact]
    public async Task StartTurn_OfTheServer_ComesBeforeHubsThatWaitedLonger()
    {
        var turn = new StartTurn();
        var taken = await turn.EnterAsync(isLocal: false, Token);
        var hubs = Enumerable.Range(0, StartTurn.MaximumWaitingHubs).Select(_ => turn.EnterAsync(isLocal: false, Token)).ToList();
        var local = turn.EnterAsync(isLocal: true, Token);
        await Assert.ThrowsAsync<CommandException>(() => turn.EnterAsync(isLocal: false, Token));

        taken.Dispose();
        using (await local)
        {
            Assert.DoesNotContain(hubs, hub => hub.IsCompleted);
        }

        foreach (var hub in hubs)
        {
            (await hub).Dispose();
        }

        (await turn.EnterAsync(isLocal: false, Token)).Dispose();
    }

    [Fact]
    public async Task StartTurn_WaitThatIsGivenUp_PassesTheTurnOn()
    {
        var turn = new StartTurn();
        using var asking = new CancellationTokenSource();
        var taken = await turn.EnterAsync(isLocal: false, Token);
        var given = turn.EnterAsync(isLocal: true, asking.Token);
        var next = turn.EnterAsync(isLocal: false, Token);
        await asking.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        taken.Dispose();

        (await next).Dispose();
    }

    private Task<IDisposable> EnterAsync(string what = "local") => _lock.EnterFirstAsync(what, "SUP01", _time, Token);
}
