using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>The last days of a page of servers, read when the page is opened: they don't follow the fleet.</summary>
/// <param name="Strip">In the order of the page.</param>
/// <param name="ReadAt">UTC.</param>
public sealed record FleetDays(DayStrip Strip, DateTimeOffset ReadAt)
{
    /// <summary>Three months: what fits beside the names on a laptop.</summary>
    public const int ShownDays = 90;

    internal static async Task<FleetDays> LoadAsync(HistoryQueries history, Paged<LiveServer> page, DateTimeOffset now, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        List<int> order = [.. page.Items.Select(server => server.Id)];
        var strip = await history.GetStripAsync(new() { ServerIds = [.. order] }, HistoryRange.LastDays(ShownDays, now, zone), 1, FleetQuery.MaximumPageSize, cancellationToken);
        return new(strip with { Rows = strip.Rows with { Items = [.. strip.Rows.Items.OrderBy(row => order.IndexOf(row.ServerId))] } }, now);
    }
}
