using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Packing;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>
/// Keeps what the charts need of past months in memory, so that years of a fleet are added up and not read again: three million runs take half a second to
/// read on a busy machine, 36 summaries some milliseconds. In memory, not in the database, because they hang on the viewer's time zone and on the servers
/// that a person may see; a summary of 1,000 servers takes about 0.1 MB. The runs of the months at
/// the ends of a range are kept unpacked, 2 MB each. Either is good while its month's stamp, which is written in the transaction that
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
    private readonly MemoryCache _months = new(new MemoryCacheOptions { SizeLimit = MaximumBytes, TrackStatistics = true });

    public MonthSummaries()
        : this(LeastServers)
    {
    }

    /// <param name="leastServers">Fewer servers than this are always read from the database.</param>
    internal MonthSummaries(int leastServers) => _leastServers = leastServers;

    /// <summary>About what all summaries take now, in bytes.</summary>
    public long Bytes => _months.GetCurrentStatistics()?.CurrentEstimatedSize ?? 0;

    public void Dispose() => _months.Dispose();

    /// <summary>Makes the summaries of a time that are missing, in the zones that were asked for last.</summary>
    internal async Task WarmAsync(DashboardContext context, ScopedServers servers, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        if (servers.All.Count < _leastServers)
        {
            return;
        }

        var stamps = await StampsAsync(context, Month.Of(from), Month.Of(to), cancellationToken);
        TimeZoneInfo[] zones;
        lock (_lock)
        {
            zones = [.. _zones];
        }

        foreach (var zone in zones)
        {
            foreach (var (month, stamp) in stamps)
            {
                await SummaryAsync(context, servers, zone, month, stamp, cancellationToken);
            }
        }
    }

    /// <summary>Shows a time to a visitor, in the order of time: whole months as summaries where it takes them, else the runs one by one, second views too.</summary>
    /// <param name="context">The database.</param>
    /// <param name="servers">Whose runs.</param>
    /// <param name="from">UTC; runs that started at or after.</param>
    /// <param name="to">UTC; runs that started before.</param>
    /// <param name="visitor">Sees the runs.</param>
    /// <param name="add">Takes a summary in the place of its runs; null = no summaries.</param>
    /// <param name="zone">The viewer's; null = any, where no day or hour is counted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal async Task ReadAsync(DashboardContext context, ScopedServers servers, DateTimeOffset from, DateTimeOffset to, ISyncVisitor visitor, Action<MonthSummary>? add, TimeZoneInfo? zone, CancellationToken cancellationToken)
    {
        if (servers.All.Count < _leastServers)
        {
            await SyncPass.ReadAsync(context, servers, from, to, [visitor], cancellationToken, withUncounted: true);
            return;
        }

        var shown = Note(zone);
        foreach (var (month, stamp) in from < to ? await StampsAsync(context, Month.Of(from), Month.Of(to.AddTicks(-1)) + 1, cancellationToken) : [])
        {
            if (add is not null && Month.StartOf(month) >= from.UtcDateTime && Month.StartOf(month + 1) <= to.UtcDateTime)
            {
                add(await SummaryAsync(context, servers, shown, month, stamp, cancellationToken));
            }
            else
            {
                (await RunsAsync(context, servers, month, stamp, cancellationToken)).Show(from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds(), visitor);
            }
        }
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

    private Task<MonthSummary> SummaryAsync(DashboardContext context, ScopedServers servers, TimeZoneInfo zone, int month, long stamp, CancellationToken cancellationToken) =>
        GetAsync(context, servers, new(month, zone.Id, servers.Sites.Fingerprint), stamp, () => new MonthSummary(month, servers.Sites, zone), cancellationToken);

    private Task<MonthRuns> RunsAsync(DashboardContext context, ScopedServers servers, int month, long stamp, CancellationToken cancellationToken) =>
        GetAsync(context, servers, new(month, "", servers.Sites.Fingerprint), stamp, () => new MonthRuns(month), cancellationToken);

    private async Task<T> GetAsync<T>(DashboardContext context, ScopedServers servers, Key key, long stamp, Func<T> create, CancellationToken cancellationToken)
        where T : IMonthOfRuns
    {
        if (_months.TryGetValue(key, out Entry? known) && known!.Stamp == stamp)
        {
            return (T)known.Month;
        }

        // The stamp was read before the runs: a change in between makes the next reader read again.
        var made = create();
        await SyncPass.ReadAsync(context, servers, Month.StartOf(key.Month), Month.StartOf(key.Month + 1), [made], cancellationToken, withUncounted: true);
        _months.Set(key, new Entry(stamp, made), new MemoryCacheEntryOptions { Size = made.Bytes });
        return made;
    }

    /// <param name="Zone">Id of the zone of a summary; empty for the runs themselves.</param>
    /// <param name="Servers">As <see cref="SiteOfServers.Fingerprint"/>.</param>
    private sealed record Key(int Month, string Zone, string Servers);

    private sealed record Entry(long Stamp, IMonthOfRuns Month);
}
