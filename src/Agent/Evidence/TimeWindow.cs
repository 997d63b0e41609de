namespace WsusDashboard.Agent.Evidence;

/// <summary>A stretch of time.</summary>
/// <param name="From">UTC, included.</param>
/// <param name="To">UTC, included.</param>
internal readonly record struct TimeWindow(DateTimeOffset From, DateTimeOffset To)
{
    public bool Contains(DateTimeOffset at) => at >= From && at <= To;
}
