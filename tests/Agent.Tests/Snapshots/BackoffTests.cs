using WsusDashboard.Agent.Snapshots;

namespace WsusDashboard.Agent.Tests.Snapshots;

public sealed class BackoffTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Cap = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(5, 60)]
    [InlineData(1_000_000, 60)]
    public void Delay_WithoutJitter_DoublesToTheCap(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.Delay(Interval, failures, Cap, random: 0));

    [Fact]
    public void Delay_AfterAFailure_IsSpreadByAFifth() =>
        Assert.Equal(TimeSpan.FromSeconds(12), Backoff.Delay(Interval, 2, Cap, random: 1));

    [Fact]
    public void Delay_IntervalAboveTheCap_IsNeverShortened() =>
        Assert.Equal(TimeSpan.FromMinutes(5), Backoff.Delay(TimeSpan.FromMinutes(5), 3, Cap, random: 0));
}
