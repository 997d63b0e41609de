namespace WsusDashboard.Dashboard.Tests.Agents;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 0.5, 0.75)]
    [InlineData(1, 0.0, 0.5)]
    [InlineData(4, 0.0, 4)]
    [InlineData(7, 0.0, 30)]
    [InlineData(1_000_000, 0.999, 59.97)]
    public void Next_Attempt_DoublesToTheCapWithJitter(int attempt, double random, double seconds) =>
        Assert.Equal(seconds, new Backoff(TimeSpan.FromSeconds(60), () => random).Next(attempt).TotalSeconds, 3);
}
