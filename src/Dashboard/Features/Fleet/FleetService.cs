using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>The fleet as pages and the API read it. Filters, order and paging are carried out by the database.</summary>
public sealed class FleetService
{
    /// <summary>One page; each row carries what is known live.</summary>
    public Task<Paged<FleetRow>> GetPageAsync(FleetQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<FleetCounts> GetCountsAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The servers whose last good synchronization is oldest; those without any come first.</summary>
    public Task<IReadOnlyList<LastGood>> GetWorstLastGoodAsync(int count, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<SiteCount>> GetSitesAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<CauseCount>> GetCausesAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The row of a server as it is live: lay it over the row of the same id when a change comes.</summary>
    public static FleetRow ToRow(ServerLive server) => throw new NotImplementedException();
}
