using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Repairs.Steps.Sync;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Tests;

/// <summary>The server's clock is set two days forward or back: no limit inside the agent ends early or late by it.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero));

    public static TheoryData<int> Jumps => [2, -2];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Jumps))]
    public void Deadline_EndsWhenItsTimeHasPassed(int days)
    {
        var deadline = Deadline.After(Limit, _clock);
        Jump(days);
        Assert.Equal((Limit, false), (deadline.Left, deadline.IsOver));

        _clock.Advance(Limit);

        Assert.Equal((TimeSpan.Zero, true), (deadline.Left, deadline.IsOver));
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public void PairingCode_IsValidForTenMinutes(int days)
    {
        var codes = new PairingCodes(_clock);
        codes.Open();
        Jump(days);
        Assert.NotNull(codes.ExpiresAt);

        _clock.Advance(PairingCodes.Lifetime);

        Assert.Null(codes.ExpiresAt);
        Assert.Throws<CommandException>(() => codes.Use(new PairingChannel("a", "b", new byte[PairingProof.NonceBytes], new byte[PairingProof.NonceBytes]), new byte[32]));
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public void Attempts_AreCountedForTheirWindow(int days)
    {
        var limiter = new AttemptLimiter(1, 10, Limit, _clock);
        Assert.True(limiter.TryEnter("a"));
        Jump(days);
        Assert.False(limiter.TryEnter("a"));

        _clock.Advance(Limit);

        Assert.True(limiter.TryEnter("a"));
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public void Trouble_CountsOnceItHasLasted(int days)
    {
        var condition = new SustainedCondition(_clock, Limit);
        Assert.Null(condition.Look("trouble"));
        Jump(days);
        Assert.Null(condition.Look("trouble"));

        _clock.Advance(Limit);

        Assert.NotNull(condition.Look("trouble"));
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task Wait_EndsAtItsLimit(int days)
    {
        var asked = 0;
        var waiting = Waiting.UntilAsync(_ => Task.FromResult(++asked < 0), TimeSpan.FromSeconds(2), _clock, Token);
        Jump(days);
        while (!waiting.IsCompleted)
        {
            _clock.Advance(Waiting.Pause);
            await Task.Yield();
            Token.ThrowIfCancellationRequested();
        }

        Assert.False(await waiting);
        Assert.True(asked >= 4);
    }

    private void Jump(int days) => _clock.Set(_clock.GetUtcNow().AddDays(days));
}
