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
    public ValueList<TagCount> Tags { get; init; } = [];

    public ValueList<OwnerCount> Owners { get; init; } = [];

    /// <summary>Update points that these servers know and nobody watches.</summary>
    public UnwatchedServers Unwatched { get; init; } = UnwatchedServers.None;

    /// <summary>Microsoft Update doesn't answer; null while it does, as far as anybody knows.</summary>
    public VisibleOutage? Outage { get; init; }

    /// <summary>How many servers a repair here cures, of those that the viewer may repair.</summary>
    public int Curable { get; init; }

    /// <summary>Healthy servers that stand in one line under the rows, or would if nobody had opened them.</summary>
    public int FoldableHealthy { get; init; }

    /// <summary>The cells of the map; empty where another face is shown.</summary>
    public ValueList<FleetMapSite> Map { get; init; } = [];

    /// <summary>The days of the servers of this page; null where another face is shown.</summary>
    public FleetDays? Days { get; init; }

    /// <summary>False where the filters leave nothing, not even folded servers.</summary>
    public bool HasRows => Page.Items.Count + FoldableHealthy > 0;

    public static FleetView Of(FleetQuery query, FleetDigest fleet)
    {
        var page = fleet.TakePage(query.Unfolded);
        var folded = (query with { ShowsHealthy = false }).Unfolded;
        return new(page, fleet.Counts, fleet.WorstLastGood, fleet.Sites, fleet.Causes)
        {
            Tags = fleet.Tags,
            Owners = fleet.Owners,
            FoldableHealthy = folded.WithoutHealthy ? fleet.Counts.Total - fleet.Match(folded).Count : 0,
            Map = query.Face == FleetFace.Map ? FleetMapSite.Of(fleet.Match(query)) : [],
        };
    }
}
