namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>The history of synchronizations: lists, days and what they say.</summary>
public sealed class SyncHistoryService
{
    /// <summary>The ranges that a chart can show.</summary>
    public static IReadOnlyList<int> AllowedDays { get; } = [7, 30, 90];

    /// <summary>Newest first.</summary>
    public Task<Paged<SyncRow>> GetPageAsync(SyncQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Days in the viewer's zone, the last one is today.</summary>
    /// <param name="serverId">Null = all servers.</param>
    /// <param name="site">Null = all sites.</param>
    /// <param name="days">7, 30 or 90.</param>
    /// <param name="timeZone">The viewer's.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Task<SyncHistory> GetDailyAsync(int? serverId, string? site, int days, TimeZoneInfo timeZone, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The runs of a query (all pages, at most 100,000 rows), as CSV with a header, times in UTC (ISO 8601).</summary>
    public Task WriteCsvAsync(SyncQuery query, Stream destination, CancellationToken cancellationToken) => throw new NotImplementedException();
}
