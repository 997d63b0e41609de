using System.Collections.Concurrent;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Live;

/// <summary>
/// The servers of one scope at one moment, counted and ordered when somebody asks, and then once for all who ask. A fleet of thousands changes all the
/// time; without this each open page would sort and count the whole of it every second.
/// </summary>
/// <param name="servers">The servers, in any order.</param>
/// <param name="revision">Of the fleet at this moment.</param>
/// <param name="at">The moment, as a timestamp of the clock.</param>
public sealed class FleetDigest(IReadOnlyList<LiveServer> servers, long revision = 0, long at = 0)
{
    /// <summary>Counts and order may be this old on an open page.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(1);

    private const int LastGoodShown = 4;

    private readonly ConcurrentDictionary<FleetQuery, Lazy<IReadOnlyList<LiveServer>>> _orders = new();
    private readonly Lazy<FleetCounts> _counts = new(() => FleetCounts.Of(servers));
    private readonly Lazy<ValueList<LastGood>> _worstLastGood = new(() => LastGood.Worst(servers, LastGoodShown));
    private readonly Lazy<ValueList<SiteCount>> _sites = new(() => SiteCount.Of(servers));
    private readonly Lazy<ValueList<CauseCount>> _causes = new(() => CauseCount.Of(servers));
    private readonly Lazy<ValueList<TagCount>> _tags = new(() => TagCount.Of(servers));
    private readonly Lazy<ValueList<OwnerCount>> _owners = new(() => OwnerCount.Of(servers));

    private readonly Lazy<IReadOnlyList<LiveServer>> _curable = new(() => new FleetQuery().Match([.. servers.Where(server => server.IsCurable)]));

    public long Revision { get; } = revision;

    public FleetCounts Counts => _counts.Value;

    public ValueList<LastGood> WorstLastGood => _worstLastGood.Value;

    public ValueList<SiteCount> Sites => _sites.Value;

    public ValueList<CauseCount> Causes => _causes.Value;

    public ValueList<TagCount> Tags => _tags.Value;

    public ValueList<OwnerCount> Owners => _owners.Value;

    /// <summary>Servers that a repair here cures, worst first.</summary>
    public IReadOnlyList<LiveServer> Curable => _curable.Value;

    /// <summary>The page of a query; its filters and order are shared with the other pages of the same list.</summary>
    public Paged<LiveServer> TakePage(FleetQuery query) => query.TakePageOf(Match(query));

    /// <summary>All that a query finds, in its order; shared like its pages.</summary>
    public IReadOnlyList<LiveServer> Match(FleetQuery query) => _orders.GetOrAdd(query.WholeList, list => new(() => list.Match(servers))).Value;

    internal bool IsFresh(TimeProvider clock) => clock.GetElapsedTime(at) < LongestAge;
}
