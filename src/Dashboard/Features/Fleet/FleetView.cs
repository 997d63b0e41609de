using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>All that the fleet page shows. Two of them are equal where a person would see no difference but in the rows.</summary>
public sealed record FleetView(
    Paged<LiveServer> Page,
    FleetCounts Counts,
    ValueList<LastGood> WorstLastGood,
    ValueList<SiteCount> Sites,
    ValueList<CauseCount> Causes)
{
    private const int LastGoodShown = 4;

    public static FleetView Of(FleetQuery query, IReadOnlyList<LiveServer> fleet) =>
        new(query.TakePage(fleet), FleetCounts.Of(fleet), LastGood.Worst(fleet, LastGoodShown), SiteCount.Of(fleet), CauseCount.Of(fleet));
}
