namespace WsusDashboard.Dashboard.Features.History;

/// <summary>The synchronizations of one day of the viewer.</summary>
/// <param name="Day">In the viewer's zone.</param>
/// <param name="From">UTC start of the day.</param>
/// <param name="To">UTC end of the day (start of the next).</param>
public sealed record SyncDay(DateOnly Day, DateTimeOffset From, DateTimeOffset To, int Succeeded, int Cancelled, int Failed, int Unknown, int Running)
{
    public int Total => Succeeded + Cancelled + Failed + Unknown + Running;
}

/// <summary>The days of one site.</summary>
public sealed record SiteDays(string Site, IReadOnlyList<SyncDay> Days);

/// <summary>A cause and how often it was named.</summary>
public sealed record SyncCause(string Id, string Title, int Count);

/// <summary>A time without a good synchronization.</summary>
/// <param name="To">UTC; null where it goes on.</param>
public sealed record SyncGap(int ServerId, string ServerName, DateTimeOffset From, DateTimeOffset? To, TimeSpan Length);
