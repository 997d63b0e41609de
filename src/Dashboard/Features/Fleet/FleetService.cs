using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>The fleet as pages and the API read it: the servers that the caller may see. Filters, order and paging are carried out by the database.</summary>
public sealed class FleetService(IDbContextFactory<DashboardContext> contexts, VisibleServers live, Caller caller)
{
    private const int MaximumGroups = 500;

    /// <summary>One page; each row carries what is known live.</summary>
    public async Task<Paged<FleetRow>> GetPageAsync(FleetQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var pageSize = Math.Clamp(query.PageSize, 1, FleetQuery.MaximumPageSize);
        var filtered = Filter(Visible(context), query);
        var total = await filtered.CountAsync(cancellationToken);
        var page = Math.Clamp(query.Page, 1, Math.Max(1, (total + pageSize - 1) / pageSize));
        var servers = await Order(filtered, query)
            .Skip((page - 1) * pageSize)
            .Take(pageSize)
            .Select(server => new { server.Id, server.Name, server.Site, server.Status, server.LastContactAt })
            .ToListAsync(cancellationToken);
        var rows = servers.Select(server => live.Find(server.Id) is { } now
            ? ToRow(now)
            : ToRow(server.Id, server.Name, server.Site, server.Status, LinkStatus.NotStarted with { LastMessageAt = server.LastContactAt.ToOffset() }));
        return new([.. rows], total, page, pageSize);
    }

    /// <summary>The servers that match and that the caller may repair, in the order of the query, at most so many.</summary>
    public async Task<IReadOnlyList<int>> GetOperableIdsAsync(FleetQuery query, int maximum, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Order(Filter(context.Servers.AsNoTracking().Within(caller.ScopeOf(Permission.Operate)), query), query).Take(maximum).Select(server => server.Id).ToListAsync(cancellationToken);
    }

    public async Task<FleetCounts> GetCountsAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var groups = await Visible(context)
            .GroupBy(server => server.Status.Health)
            .Select(group => new { Health = group.Key, Count = group.Count(), Since = group.Min(server => server.Status.HealthSince) })
            .ToDictionaryAsync(group => group.Health, cancellationToken);
        return new()
        {
            Critical = Count(Health.Critical),
            Warning = Count(Health.Warning),
            Healthy = Count(Health.Healthy),
            Unreachable = Count(Health.Unreachable),
            Unknown = Count(Health.Unknown),
        };

        HealthCount Count(Health health) => groups.TryGetValue(health, out var group) ? new(health, group.Count, group.Since.ToOffset()) : new(health, 0, null);
    }

    /// <summary>The servers whose last good synchronization is oldest; those without any come first.</summary>
    public async Task<IReadOnlyList<LastGood>> GetWorstLastGoodAsync(int count, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var servers = await Visible(context)
            .OrderBy(server => server.Status.LastGoodSyncAt != null)
            .ThenBy(server => server.Status.LastGoodSyncAt)
            .ThenBy(server => server.NameKey)
            .Take(Math.Clamp(count, 1, FleetQuery.MaximumPageSize))
            .Select(server => new { server.Id, server.Name, server.Status.LastGoodSyncAt })
            .ToListAsync(cancellationToken);
        return [.. servers.Select(server => new LastGood(server.Id, server.Name, server.LastGoodSyncAt.ToOffset()))];
    }

    public async Task<IReadOnlyList<SiteCount>> GetSitesAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Visible(context)
            .GroupBy(server => server.Site)
            .OrderBy(group => group.Key)
            .Select(group => new SiteCount(group.Key, group.Count()))
            .Take(MaximumGroups)
            .ToListAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<CauseCount>> GetCausesAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var causes = await Visible(context)
            .Where(server => server.Status.CauseId != null)
            .GroupBy(server => server.Status.CauseId)
            .Select(group => new { Id = group.Key!, Title = group.Min(server => server.Status.CauseTitle), Count = group.Count() })
            .OrderByDescending(cause => cause.Count)
            .Take(MaximumGroups)
            .ToListAsync(cancellationToken);
        return [.. causes.Select(cause => new CauseCount(cause.Id, cause.Title ?? cause.Id, cause.Count))];
    }

    /// <summary>The row of a server as it is live: lay it over the row of the same id when a change comes.</summary>
    public static FleetRow ToRow(ServerLive server) => ToRow(server.Id, server.Name, server.Site, server.Status, server.Link) with
    {
        Progress = server.Snapshot?.Wsus.Value?.Progress,
        IsMonitorOnly = server.Snapshot?.Agent.Policy.Mode == PolicyMode.MonitorOnly,
        ActiveRun = server.ActiveRun is { } run ? ActiveRun.From(server.Id, server.Name, run) : null,
    };

    private static FleetRow ToRow(int id, string name, string site, ServerStatus status, LinkStatus link) => new()
    {
        Id = id,
        Name = name,
        Site = site,
        Health = status.Health,
        HealthSince = status.HealthSince.ToOffset(),
        Sentence = status.Sentence,
        PoolState = status.PoolState,
        PoolName = status.PoolName,
        DriftCount = status.DriftCount,
        LastSyncResult = status.LastSyncResult,
        LastSyncAt = status.LastSyncAt.ToOffset(),
        LastGoodSyncAt = status.LastGoodSyncAt.ToOffset(),
        IsSynchronizing = status.IsSynchronizing,
        Strip = Stored.Read<IReadOnlyList<StripCell>>(status.Strip, []),
        Updates = status.Updates,
        ConfigMgrUpdates = status.ConfigMgrUpdates,
        CauseId = status.CauseId,
        CauseTitle = status.CauseTitle,
        Findings = Stored.Read<IReadOnlyList<FindingSummary>>(status.Findings, []),
        Playbook = status.Playbook,
        NextStep = status.NextStep,
        Link = link,
        StatusReadAt = link.LastMessageAt,
    };

    private IQueryable<ServerEntity> Visible(DashboardContext context) => context.Servers.AsNoTracking().Within(caller.ScopeOf(Permission.View));

    private static IQueryable<ServerEntity> Filter(IQueryable<ServerEntity> servers, FleetQuery query)
    {
        foreach (var word in (query.Search ?? "").ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            servers = servers.Where(server => server.SearchText.Contains(word));
        }

        if (query.Health is { } health)
        {
            servers = servers.Where(server => server.Status.Health == health);
        }

        if (query.Site is { } site)
        {
            servers = servers.Where(server => server.Site == site);
        }

        if (query.Drifted is { } drifted)
        {
            servers = drifted ? servers.Where(server => server.Status.DriftCount > 0) : servers.Where(server => server.Status.DriftCount == 0);
        }

        if (query.Cause is { } cause)
        {
            servers = servers.Where(server => server.Status.CauseId == cause);
        }

        return servers;
    }

    /// <summary>The id last, so that equal rows keep their page.</summary>
    private static IOrderedQueryable<ServerEntity> Order(IQueryable<ServerEntity> servers, FleetQuery query)
    {
        var ordered = query.Sort switch
        {
            FleetSort.Health => By(servers, server => server.Status.Health, query.Descending),
            FleetSort.Name => By(servers, server => server.NameKey, query.Descending),
            FleetSort.Site => By(servers, server => server.Site, query.Descending),
            FleetSort.Pool => By(servers, server => server.Status.PoolState, query.Descending),
            FleetSort.Drift => By(servers, server => server.Status.DriftCount, query.Descending),
            FleetSort.LastSync => By(servers, server => server.Status.LastSyncAt, query.Descending),
            FleetSort.LastGoodSync => By(servers, server => server.Status.LastGoodSyncAt, query.Descending),
            FleetSort.Updates => By(servers, server => server.Status.ConfigMgrUpdates ?? server.Status.Updates, query.Descending),
            FleetSort.Cause => By(servers, server => server.Status.CauseTitle, query.Descending),
            _ => throw new ArgumentOutOfRangeException(nameof(query), query.Sort, null),
        };
        return ordered.ThenBy(server => server.NameKey).ThenBy(server => server.Id);
    }

    private static IOrderedQueryable<ServerEntity> By<T>(IQueryable<ServerEntity> servers, System.Linq.Expressions.Expression<Func<ServerEntity, T>> key, bool descending) =>
        descending ? servers.OrderByDescending(key) : servers.OrderBy(key);
}
