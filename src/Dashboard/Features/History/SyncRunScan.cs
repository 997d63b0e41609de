using System.Buffers;
using System.Data.Common;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>One server of those whose history is read.</summary>
/// <param name="CauseId">What every page names for it now; null where all is well.</param>
/// <param name="IsReadingHistory">What is not there yet says nothing.</param>
internal sealed record ScopedServer(int Id, string Name, string Site, DateTime? LastGoodSyncAt, string? CauseId, string? CauseTitle, bool IsReadingHistory);

/// <summary>The servers of a filter, in the order of site and name; counts know them by their index.</summary>
internal sealed class ScopedServers
{
    private readonly Dictionary<int, int> _indices;

    private ScopedServers(List<ScopedServer> all, bool isWholeFleet)
    {
        (All, IsWholeFleet) = (all, isWholeFleet);
        _indices = all.Select((server, index) => (server.Id, index)).ToDictionary(entry => entry.Id, entry => entry.index);
    }

    public IReadOnlyList<ScopedServer> All { get; }

    /// <summary>Looked for once, when it is asked for.</summary>
    public SiteOfServers Sites => field ??= new(All);

    /// <summary>True where nothing narrows the rows that are read.</summary>
    public bool IsWholeFleet { get; }

    /// <summary>-1 = not one of these.</summary>
    public int IndexOf(int serverId) => _indices.TryGetValue(serverId, out var index) ? index : -1;

    public static async Task<ScopedServers> LoadAsync(DashboardContext context, HistoryFilter filter, SiteScope scope, CancellationToken cancellationToken)
    {
        var servers = context.Servers.AsNoTracking();
        if (filter.ServerId is { } id)
        {
            servers = servers.Where(server => server.Id == id);
        }

        if (filter.ServerIds is { } ids)
        {
            List<int> wanted = [.. ids];
            servers = servers.Where(server => wanted.Contains(server.Id));
        }

        if (filter.Site is { } site)
        {
            servers = servers.Where(server => server.Site == site);
        }

        if (filter.Search is { Length: > 0 } search)
        {
            var text = search.ToLowerInvariant();
            servers = servers.Where(server => server.SearchText.Contains(text));
        }

        var found = await servers
            .OrderBy(server => server.Site)
            .ThenBy(server => server.NameKey)
            .Select(server => new ScopedServer(server.Id, server.Name, server.Site, server.Status.LastGoodSyncAt, server.Status.CauseId, server.Status.CauseTitle, server.Status.History == HistoryState.Reading))
            .ToListAsync(cancellationToken);
        var isWholeFleet = scope.IsWholeFleet && filter is { ServerId: null, ServerIds: null, Site: null, Search: null or "" };
        return new(found.FindAll(server => scope.Permits(server.Site)), isWholeFleet);
    }

    /// <summary>Some of these, with the same order.</summary>
    public ScopedServers Take(int skip, int count) => new([.. All.Skip(skip).Take(count)], isWholeFleet: false);
}

/// <summary>The sites of some servers, both by index.</summary>
internal sealed class SiteOfServers
{
    public SiteOfServers(IReadOnlyList<ScopedServer> servers)
    {
        Names = [.. servers.Select(server => server.Site).Distinct(StringComparer.Ordinal).OrderBy(site => site, StringComparer.OrdinalIgnoreCase)];
        var indices = Names.Select((site, index) => (site, index)).ToDictionary(entry => entry.site, entry => entry.index, StringComparer.Ordinal);
        OfServer = [.. servers.Select(server => indices[server.Site])];
        Sizes = new int[Names.Count];
        foreach (var site in OfServer)
        {
            Sizes[site]++;
        }
    }

    /// <summary>By name.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Index of each server's site.</summary>
    public int[] OfServer { get; }

    /// <summary>Servers of each site.</summary>
    public int[] Sizes { get; }
}

/// <summary>Counts something of synchronizations; the calls of one server come in the order of time.</summary>
internal interface ISyncRunCounts
{
    /// <param name="server">Index of the server.</param>
    /// <param name="periodStart">With each of the runs it makes a <see cref="PackedRun"/>.</param>
    /// <param name="runs">In the order of time; second views of a synchronization too.</param>
    void Add(int server, long periodStart, ReadOnlySpan<ulong> runs);
}

/// <summary>Reads the roll-up once and adds each synchronization to some counts.</summary>
internal static class SyncRunScan
{
    private const int PortionsWaiting = 8;

    /// <param name="id">Of the row: period and server.</param>
    /// <param name="runs">As the row keeps them; only during the call.</param>
    private delegate void ShowRow(long id, ReadOnlySpan<byte> runs);

    /// <param name="context">The database.</param>
    /// <param name="servers">Whose runs.</param>
    /// <param name="from">UTC; runs that started at or after.</param>
    /// <param name="to">UTC; runs that started before.</param>
    /// <param name="counts">Get them.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task ReadAsync(DashboardContext context, ScopedServers servers, DateTimeOffset from, DateTimeOffset to, ISyncRunCounts counts, CancellationToken cancellationToken)
    {
        if (servers.All.Count == 0 || from >= to)
        {
            return;
        }

        var (first, end) = (SyncPeriod.FirstIdOf(SyncPeriod.Of(from.UtcDateTime)), SyncPeriod.FirstIdOf(SyncPeriod.Of(to.UtcDateTime.AddTicks(-1)) + 1));
        var (fromSecond, toSecond) = (from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds());
        ulong[] buffer = [];
        if (servers.IsWholeFleet)
        {
            await ShowFleetAsync(context, first, end, Show, cancellationToken);
            return;
        }

        var ids = servers.All.Select(server => server.Id).ToArray();
        await foreach (var row in context.SyncPeriods.AsNoTracking().Where(row => row.Id >= first && row.Id < end && ids.Contains(row.ServerId)).OrderBy(row => row.Id).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            Show(row.Id, row.Runs);
        }

        void Show(long id, ReadOnlySpan<byte> bytes)
        {
            var server = servers.IndexOf(SyncPeriod.ServerOf(id));
            var start = SyncPeriod.StartOf(SyncPeriod.PeriodOf(id));
            if (server >= 0 && PackedRun.Between(PackedRuns.Unpack(bytes, ref buffer), start, fromSecond, toSecond) is { Length: > 0 } runs)
            {
                counts.Add(server, start, runs);
            }
        }
    }

    /// <summary>Counts by kind: whole periods from their sums, and run by run only what the range cuts off of one at either end.</summary>
    public static async Task CountAsync(DashboardContext context, ScopedServers servers, DateTimeOffset from, DateTimeOffset to, ResultCounts counts, CancellationToken cancellationToken)
    {
        var (first, end) = (SyncPeriod.Of(from.UtcDateTime.AddTicks(-1)) + 1, SyncPeriod.Of(to.UtcDateTime));
        if (servers.All.Count == 0 || first >= end)
        {
            await ReadAsync(context, servers, from, to, counts, cancellationToken);
            return;
        }

        var (firstId, endId) = (SyncPeriod.FirstIdOf(first), SyncPeriod.FirstIdOf(end));
        var sums = context.SyncPeriodCounts.Where(row => row.PeriodId >= firstId && row.PeriodId < endId);
        if (!servers.IsWholeFleet)
        {
            var ids = servers.All.Select(server => server.Id).ToArray();
            sums = sums.Where(row => ids.Contains(row.ServerId));
        }

        foreach (var sum in await sums.GroupBy(row => row.Kind).Select(rows => new { Kind = rows.Key, Count = rows.Sum(row => row.Count) }).ToListAsync(cancellationToken))
        {
            counts.Add(sum.Kind, sum.Count);
        }

        await ReadAsync(context, servers, from, SyncPeriod.TimeOf(first), counts, cancellationToken);
        await ReadAsync(context, servers, SyncPeriod.TimeOf(end), to, counts, cancellationToken);
    }

    /// <summary>The whole fleet: 12,000 rows for three years of a thousand servers. One thread reads while another counts, which takes about as long.</summary>
    private static async Task ShowFleetAsync(DashboardContext context, long first, long end, ShowRow show, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var portions = Channel.CreateBounded<Portion>(new BoundedChannelOptions(PortionsWaiting) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(
            async () =>
            {
                try
                {
                    await ReadFleetAsync(context, first, end, portions.Writer, ending.Token);
                    portions.Writer.Complete();
                }
                catch (Exception exception)
                {
                    portions.Writer.Complete(exception);
                }
            },
            CancellationToken.None);
        try
        {
            await foreach (var portion in portions.Reader.ReadAllAsync(cancellationToken))
            {
                using (portion)
                {
                    portion.Show(show);
                }
            }
        }
        finally
        {
            await ending.CancelAsync();
            await reading;
        }
    }

    /// <summary>Without EF, in the order in which the rows lie.</summary>
    private static async Task ReadFleetAsync(DashboardContext context, long first, long end, ChannelWriter<Portion> portions, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = context.Database.GetDbConnection().CreateCommand();
            command.CommandText = """SELECT "Id", "Runs" FROM "SyncPeriods" WHERE "Id" >= @first AND "Id" < @end ORDER BY "Id" """;
            Add(command, "@first", first);
            Add(command, "@end", end);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            Portion portion = new();
            while (await reader.ReadAsync(cancellationToken))
            {
                if (!portion.TryAdd(reader))
                {
                    await portions.WriteAsync(portion, cancellationToken);
                    portion = new();
                    portion.TryAdd(reader);
                }
            }

            await portions.WriteAsync(portion, cancellationToken);
        }
        finally
        {
            await context.Database.CloseConnectionAsync();
        }
    }

    /// <summary>Some rows on their way from the reader to the counter. Their bytes share one buffer that is used again: three years are 12 MB, which as arrays of their own keep the garbage collector busy on a processor that is wanted.</summary>
    private sealed class Portion : IDisposable
    {
        private const int Bytes = 256 * 1024;

        private readonly List<(long Id, int Start, int Length)> _rows = [];
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Bytes);
        private int _used;

        /// <summary>False where the row does not fit any more; the first one always does.</summary>
        public bool TryAdd(DbDataReader reader)
        {
            var length = (int)reader.GetBytes(1, 0, null, 0, 0);
            if (length > _buffer.Length - _used)
            {
                if (_rows.Count > 0)
                {
                    return false;
                }

                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = ArrayPool<byte>.Shared.Rent(length);
            }

            reader.GetBytes(1, 0, _buffer, _used, length);
            _rows.Add((reader.GetInt64(0), _used, length));
            _used += length;
            return true;
        }

        public void Show(ShowRow show)
        {
            foreach (var (id, start, length) in _rows)
            {
                show(id, _buffer.AsSpan(start, length));
            }
        }

        public void Dispose()
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private static void Add(DbCommand command, string name, long value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
