using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Security;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>One server of those whose history is read.</summary>
internal sealed record ScopedServer(int Id, string Name, string Site, DateTime? LastGoodSyncAt);

/// <summary>The servers of a filter, in the order of site and name; visitors know them by their index.</summary>
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

    /// <summary>True where nothing narrows the months that are read.</summary>
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
            .Select(server => new ScopedServer(server.Id, server.Name, server.Site, server.Status.LastGoodSyncAt))
            .ToListAsync(cancellationToken);
        var isWholeFleet = scope.IsWholeFleet && filter is { ServerId: null, Site: null, Search: null or "" };
        return new(found.FindAll(server => scope.Permits(server.Site)), isWholeFleet);
    }

    /// <summary>Some of these, with the same order.</summary>
    public ScopedServers Take(int skip, int count) => new([.. All.Skip(skip).Take(count)], isWholeFleet: false);
}

/// <summary>Counts something of each synchronization; the calls of one server come in the order of time.</summary>
internal interface ISyncVisitor
{
    void Visit(int server, in PackedRun run);
}

/// <summary>Reads the packed months once and shows each synchronization to all visitors.</summary>
internal static class SyncPass
{
    /// <param name="context">The database.</param>
    /// <param name="servers">Whose runs.</param>
    /// <param name="from">UTC; runs that started at or after.</param>
    /// <param name="to">UTC; runs that started before.</param>
    /// <param name="visitors">Who sees them.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="withUncounted">Also second views of a synchronization that both sources saw.</param>
    public static async Task ReadAsync(DashboardContext context, ScopedServers servers, DateTimeOffset from, DateTimeOffset to, IReadOnlyList<ISyncVisitor> visitors, CancellationToken cancellationToken, bool withUncounted = false)
    {
        if (servers.All.Count == 0 || from >= to)
        {
            return;
        }

        var (first, end) = (SyncMonthEntity.FirstIdOf(Month.Of(from)), SyncMonthEntity.FirstIdOf(Month.Of(to.AddTicks(-1)) + 1));
        var wanted = new Wanted(from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds(), withUncounted);
        if (servers.IsWholeFleet)
        {
            await ReadFleetAsync(context, first, end, servers, wanted, visitors, cancellationToken);
            return;
        }

        var ids = servers.All.Select(server => server.Id).ToArray();
        var rows = await context.SyncMonths.AsNoTracking().Where(month => month.Id >= first && month.Id < end && ids.Contains(month.ServerId)).OrderBy(month => month.Id).Select(month => new { month.Id, month.Runs }).ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            Show(row.Id, row.Runs, servers, wanted, visitors);
        }
    }

    /// <summary>The whole fleet without EF: 36,000 rows for three years of a thousand servers, read in the order in which they lie.</summary>
    private static async Task ReadFleetAsync(DashboardContext context, long first, long end, ScopedServers servers, Wanted wanted, IReadOnlyList<ISyncVisitor> visitors, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = context.Database.GetDbConnection().CreateCommand();
            command.CommandText = """SELECT "Id", "Runs" FROM "SyncMonths" WHERE "Id" >= @first AND "Id" < @end ORDER BY "Id" """;
            Add(command, "@first", first);
            Add(command, "@end", end);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                Show(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), servers, wanted, visitors);
            }
        }
        finally
        {
            await context.Database.CloseConnectionAsync();
        }
    }

    private static void Add(DbCommand command, string name, long value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    private static void Show(long id, byte[] bytes, ScopedServers servers, Wanted wanted, IReadOnlyList<ISyncVisitor> visitors)
    {
        var server = servers.IndexOf(SyncMonthEntity.ServerOf(id));
        if (server < 0)
        {
            return;
        }

        var runs = PackedRuns.Read(SyncMonthEntity.MonthOf(id), bytes);
        while (runs.TryRead(out var run))
        {
            if ((run.IsCounted || wanted.WithUncounted) && run.StartedAt >= wanted.From && run.StartedAt < wanted.To)
            {
                for (var index = 0; index < visitors.Count; index++)
                {
                    visitors[index].Visit(server, run);
                }
            }
        }
    }

    private readonly record struct Wanted(long From, long To, bool WithUncounted);
}
