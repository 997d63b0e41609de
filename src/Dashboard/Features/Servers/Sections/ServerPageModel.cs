using WsusDashboard.Dashboard.Components.Charts;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Servers.Sections;

/// <summary>All that the page of one server shows, read at once.</summary>
/// <param name="Clients">The last day of answers to clients, drawn.</param>
public sealed record ServerPageModel(ServerDetail Detail, ServerSyncHistory History, Paged<SyncRow> Syncs, Paged<RepairDetail> Repairs, ChartModel Clients)
{
    /// <summary>Its history, drawn: made once a reading.</summary>
    public ChartModel Days { get; } = SyncCharts.Days(History.Days);

    public string DaysRange => $"the last {Wording.Count(History.Days.Count, "day")}";
}
