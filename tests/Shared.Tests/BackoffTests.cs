namespace WsusDashboard.Shared.Tests;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(0, 0.0, 2.5)]
    [InlineData(1, 0.0, 2.5)]
    [InlineData(1, 0.5, 3.75)]
    [InlineData(2, 1.0, 10)]
    [InlineData(4, 0.0, 20)]
    [InlineData(5, 0.0, 30)]
    [InlineData(1_000_000, 0.999, 59.97)]
    public void Next_Failures_DoublesToTheLongestWithJitter(int failures, double random, double seconds) =>
        Assert.Equal(seconds, new Backoff(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), () => random).Next(failures).TotalSeconds, 3);

    [Fact]
    public void Next_WithoutAFirstWait_BeginsBelowASecond() =>
        Assert.All(Enumerable.Range(0, 100), _ => Assert.InRange(new Backoff(TimeSpan.FromMinutes(1)).Next(1).TotalSeconds, 0.5, 1));
}
