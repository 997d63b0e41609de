using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Hierarchy;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>All that the fleet page shows. Two of them are equal where a person would see no difference but in the rows.</summary>
public sealed record FleetView(
    Paged<LiveServer> Page,
    FleetCounts Counts,
    ValueList<LastGood> WorstLastGood,
    ValueList<SiteCount> Sites,
    ValueList<CauseCount> Causes)
{
    /// <summary>Update points that these servers know and nobody watches.</summary>
    public UnwatchedServers Unwatched { get; init; } = UnwatchedServers.None;

    /// <summary>Microsoft Update doesn't answer; null while it does, as far as anybody knows.</summary>
    public VisibleOutage? Outage { get; init; }

    /// <summary>How many servers a repair here cures, of those that the viewer may repair.</summary>
    public int Curable { get; init; }

    public static FleetView Of(FleetQuery query, FleetDigest fleet) => new(fleet.TakePage(query), fleet.Counts, fleet.WorstLastGood, fleet.Sites, fleet.Causes);
}
