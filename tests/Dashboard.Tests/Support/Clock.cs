namespace WsusDashboard.Dashboard.Tests.Support;

internal static class Clock
{
    /// <summary>The moment at which the clocks of tests begin.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
}
