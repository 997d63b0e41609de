namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>All that the fleet page shows, read at once.</summary>
public sealed record FleetView(
    Paged<FleetRow> Page,
    FleetCounts Counts,
    IReadOnlyList<LastGood> WorstLastGood,
    IReadOnlyList<SiteCount> Sites,
    IReadOnlyList<CauseCount> Causes);
