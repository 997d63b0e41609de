using System.Linq.Expressions;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Rules;

namespace WsusDashboard.Dashboard.Live;

/// <summary>The live state as the caller may see it: servers of other sites are not there. Pages, endpoints and the hub read the live state through this alone.</summary>
public sealed class VisibleServers(LiveFleet live, Caller caller)
{
    /// <summary>A dashboard whose database is not open has no servers yet: it is better to say so than to wait on.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    public LiveServer? Find(int serverId) => live.Find(serverId) is { } server && IsVisible(server) ? server : null;

    /// <summary>Ends once every stored server is here: at once, but while the dashboard starts.</summary>
    /// <exception cref="TimeoutException">They are not here after ten seconds.</exception>
    public Task WhenLoadedAsync(CancellationToken cancellationToken) => live.WhenLoaded.WaitAsync(LongestWait, cancellationToken);

    /// <summary>All servers, once they are here.</summary>
    /// <exception cref="TimeoutException">They are not here after ten seconds.</exception>
    public async Task<IReadOnlyList<LiveServer>> LoadAsync(CancellationToken cancellationToken)
    {
        await WhenLoadedAsync(cancellationToken);
        return GetAll();
    }

    public IReadOnlyList<LiveServer> GetAll()
    {
        // Asked once: what the caller may see does not change between two servers.
        var scope = caller.ScopeOf(Permission.View);
        return [.. live.GetAll().Where(server => scope.Permits(server.Site))];
    }

    /// <summary>All servers as they were a moment ago, shared with everybody who may see the same.</summary>
    public FleetDigest GetDigest() => live.GetDigest(caller.ScopeOf(Permission.View));

    /// <summary>Update points that the servers in sight know and that have no agent; whether one has is asked of the whole fleet.</summary>
    public UnwatchedServers FindUnwatched() => UnwatchedServers.Of([.. GetAll().Select(LiveHierarchy.ToServer)], live.GetAll().Select(LiveHierarchy.ToServer));

    /// <summary>Servers in sight that take their updates from another one in sight: their ids, with that one's.</summary>
    public IReadOnlyDictionary<int, int> FindUpstreams() =>
        HierarchyTree.Build([.. GetAll().Select(LiveHierarchy.ToServer)]).All
            .SelectMany(node => node.Below, (node, below) => (Below: below.Server.Id, Above: node.Server.Id))
            .ToDictionary(pair => pair.Below, pair => pair.Above);

    /// <summary>The outage of Microsoft Update that goes on, as far as servers in sight are part of it; null where none is. Whether there is one is asked of the whole fleet.</summary>
    public VisibleOutage? FindOutage()
    {
        if (live.CurrentOutage is not { } outage)
        {
            return null;
        }

        var scope = caller.ScopeOf(Permission.View);
        var servers = outage.ServerIds.Select(live.Find).OfType<LiveServer>().Where(server => scope.Permits(server.Site)).ToList();
        return servers.Count == 0 ? null : new(outage.Sign, outage.Since, outage.LastAt, servers.Count, servers.Select(server => server.Site).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    /// <summary>Outages of Microsoft Update, over and current: what a run's cause is told from. They name no server beyond what the cause says anyway.</summary>
    internal IReadOnlyList<Outage> GetOutages() => live.Outages;

    /// <summary>The state now, and every change after it. What the caller may see is asked again at each change.</summary>
    /// <param name="filter">Which servers; null = all that are visible. It must be quick and must not call back.</param>
    public LiveSubscription Subscribe(Func<LiveServer, bool>? filter = null) =>
        live.Subscribe(filter is null ? IsVisible : server => IsVisible(server) && filter(server));

    private bool IsVisible(LiveServer server) => caller.May(Permission.View, server.Site);
}

/// <summary>Microsoft Update doesn't answer, as somebody sees it.</summary>
/// <param name="Sign">What the errors have in common.</param>
/// <param name="Since">UTC time of the first failure.</param>
/// <param name="LastAt">UTC time of the last one.</param>
/// <param name="ServerCount">Servers in sight that are part of it.</param>
/// <param name="SiteCount">Sites that they belong to.</param>
public sealed record VisibleOutage(string Sign, DateTimeOffset Since, DateTimeOffset LastAt, int ServerCount, int SiteCount);

/// <summary>Site scopes in queries.</summary>
public static class SiteScopeQueries
{
    /// <summary>The servers of a scope; carried out by the database.</summary>
    public static IQueryable<ServerEntity> Within(this IQueryable<ServerEntity> servers, SiteScope scope)
    {
        var sites = scope.Sites;
        return scope.IsWholeFleet ? servers : servers.Where(server => sites.Contains(server.Site));
    }

    /// <summary>The rows whose server is in the scope.</summary>
    /// <param name="rows">Rows that belong to servers.</param>
    /// <param name="scope">The scope.</param>
    /// <param name="servers">The servers of the same context.</param>
    /// <param name="serverId">The column with the server's id.</param>
    public static IQueryable<T> Within<T>(this IQueryable<T> rows, SiteScope scope, IQueryable<ServerEntity> servers, Expression<Func<T, int>> serverId)
    {
        if (scope.IsWholeFleet)
        {
            return rows;
        }

        // row => permitted.Contains(row.ServerId)
        var permitted = servers.Within(scope).Select(server => server.Id);
        var contains = Expression.Call(typeof(Queryable), nameof(Queryable.Contains), [typeof(int)], permitted.Expression, serverId.Body);
        return rows.Where(Expression.Lambda<Func<T, bool>>(contains, serverId.Parameters));
    }
}
