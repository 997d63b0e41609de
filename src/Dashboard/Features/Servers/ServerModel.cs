using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Remediation;
using WsusDashboard.Dashboard.Features.Syncs;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>All that the page of one server shows, read at once.</summary>
public sealed record ServerModel(ServerDetail Detail, SyncHistory History, Paged<SyncRow> Syncs, Paged<RemediationRow> Repairs)
{
    /// <summary>Its history, drawn: made once a reading.</summary>
    public ChartModel Days { get; } = SyncCharts.Days(History.Days);

    public string DaysRange => $"the last {Numbers.Of(History.Days.Count, "day")}";
}
