using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Packing;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>
/// Keeps what the charts need of past months in memory, so that years of a fleet are added up and not read again: three million runs take half a second to
/// read on a busy machine, 36 summaries some milliseconds. In memory, not in the database, because they hang on the viewer's time zone and on the servers
/// that a person may see; a summary of 1,000 servers takes about 0.1 MB. A summary is good while its month's stamp, which is written in the transaction that
/// changes a run, is the same. Threading: any thread; two that miss the same summary both make it.
/// </summary>
public sealed class MonthSummaries : IDisposable
{
    /// <summary>Most memory that summaries take, in bytes.</summary>
    public const long MaximumBytes = 64L * 1024 * 1024;

    /// <summary>Fewer servers are read quickly enough.</summary>
    private const int LeastServers = 40;

    /// <summary>Zones that are kept ready for the whole fleet.</summary>
    private const int MaximumZones = 4;

    private readonly int _leastServers;

    // The zones asked for, the latest last.
    private readonly Lock _lock = new();
    private readonly List<TimeZoneInfo> _zones = [TimeZoneInfo.Local];
    private readonly MemoryCache _summaries = new(new MemoryCacheOptions { SizeLimit = MaximumBytes, TrackStatistics = true });

    public MonthSummaries()
        : this(LeastServers)
    {
    }

    /// <param name="leastServers">Fewer servers than this are always read from the database.</param>
    internal MonthSummaries(int leastServers) => _leastServers = leastServers;

    /// <summary>About what all summaries take now, in bytes.</summary>
    public long Bytes => _summaries.GetCurrentStatistics()?.CurrentEstimatedSize ?? 0;

    public void Dispose() => _summaries.Dispose();

    /// <summary>Makes the summaries of a time that are missing, in the zones that were asked for last.</summary>
    internal async Task WarmAsync(DashboardContext context, ScopedServers servers, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        if (servers.All.Count < _leastServers)
        {
            return;
        }

        var (sites, stamps) = (new SiteOfServers(servers.All), await StampsAsync(context, Month.Of(from), Month.Of(to), cancellationToken));
        TimeZoneInfo[] zones;
        lock (_lock)
        {
            zones = [.. _zones];
        }

        foreach (var zone in zones)
        {
            foreach (var (month, stamp) in stamps)
            {
                await GetAsync(context, servers, sites, zone, month, stamp, cancellationToken);
            }
        }
    }

    /// <summary>Shows every month of a time to a visitor, in the order of time: whole months as summaries, the runs of the others one by one.</summary>
    /// <param name="context">The database.</param>
    /// <param name="servers">Whose runs.</param>
    /// <param name="sites">Of the same servers.</param>
    /// <param name="zone">The viewer's; null = any, where no day or hour is counted.</param>
    /// <param name="from">UTC; runs that started at or after.</param>
    /// <param name="to">UTC; runs that started before.</param>
    /// <param name="visitor">Sees the runs of the months that are not whole, second views too.</param>
    /// <param name="add">Takes the summaries.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal async Task ReadAsync(DashboardContext context, ScopedServers servers, SiteOfServers sites, TimeZoneInfo? zone, DateTimeOffset from, DateTimeOffset to, ISyncVisitor visitor, Action<MonthSummary> add, CancellationToken cancellationToken)
    {
        var (first, end) = (Month.Of(from), from < to ? Month.Of(to.AddTicks(-1)) + 1 : Month.Of(from));
        var whole = (First: Month.StartOf(first) >= from.UtcDateTime ? first : first + 1, End: end > first && Month.StartOf(end) <= to.UtcDateTime ? end : end - 1);
        if (servers.All.Count < _leastServers || whole.First >= whole.End)
        {
            await SyncPass.ReadAsync(context, servers, from, to, [visitor], cancellationToken, withUncounted: true);
            return;
        }

        var (stamps, shown) = (await StampsAsync(context, whole.First, whole.End, cancellationToken), Note(zone));
        await SyncPass.ReadAsync(context, servers, from, Month.StartOf(whole.First), [visitor], cancellationToken, withUncounted: true);
        foreach (var (month, stamp) in stamps)
        {
            add(await GetAsync(context, servers, sites, shown, month, stamp, cancellationToken));
        }

        await SyncPass.ReadAsync(context, servers, Month.StartOf(whole.End), to, [visitor], cancellationToken, withUncounted: true);
    }

    /// <summary>The months that have synchronizations, in the order of time.</summary>
    private static async Task<List<(int Month, long Stamp)>> StampsAsync(DashboardContext context, int first, int end, CancellationToken cancellationToken) =>
        (await context.SyncMonthStamps.AsNoTracking().Where(stamp => stamp.Month >= first && stamp.Month < end).OrderBy(stamp => stamp.Month).ToListAsync(cancellationToken))
        .ConvertAll(stamp => (stamp.Month, stamp.Stamp));

    /// <summary>The zone to read in, remembered as asked for.</summary>
    private TimeZoneInfo Note(TimeZoneInfo? zone)
    {
        lock (_lock)
        {
            if (zone is null)
            {
                return _zones[^1];
            }

            _zones.RemoveAll(known => known.Id == zone.Id);
            _zones.Add(zone);
            if (_zones.Count > MaximumZones)
            {
                _zones.RemoveAt(0);
            }

            return zone;
        }
    }

    private async Task<MonthSummary> GetAsync(DashboardContext context, ScopedServers servers, SiteOfServers sites, TimeZoneInfo zone, int month, long stamp, CancellationToken cancellationToken)
    {
        var key = new Key(month, zone.Id, sites.Fingerprint);
        if (_summaries.TryGetValue(key, out Entry? known) && known!.Stamp == stamp)
        {
            return known.Summary;
        }

        // The stamp was read before the runs: a change in between makes the next reader read again.
        var summary = new MonthSummary(month, sites, zone);
        await SyncPass.ReadAsync(context, servers, Month.StartOf(month), Month.StartOf(month + 1), [summary], cancellationToken, withUncounted: true);
        _summaries.Set(key, new Entry(stamp, summary), new MemoryCacheEntryOptions { Size = summary.Bytes });
        return summary;
    }

    private sealed record Key(int Month, string Zone, string Servers);

    private sealed record Entry(long Stamp, MonthSummary Summary);
}
