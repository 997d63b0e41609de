using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>What the page of the fleet's posture shows, read at once.</summary>
/// <param name="Summary">Of the servers of the chosen site or server, whatever else is filtered.</param>
/// <param name="Groups">One page of the findings.</param>
/// <param name="Rows">One page of the servers that have the chosen finding; null where none is chosen.</param>
/// <param name="Calendar">One page of what ends in the next months.</param>
/// <param name="Sites">Those that the filter offers.</param>
/// <param name="ServerName">Of the one server that is shown; null for the fleet.</param>
/// <param name="ReadAt">UTC.</param>
public sealed record PostureView(PostureSummary Summary, Paged<PostureGroup> Groups, Paged<PostureRow>? Rows, Paged<PostureEnd> Calendar, IReadOnlyList<SiteCount> Sites, string? ServerName, DateTimeOffset ReadAt);

/// <summary>What is known of one server's posture.</summary>
/// <param name="ServerId">The server.</param>
/// <param name="ServerName">Its name.</param>
/// <param name="Site">Its site.</param>
/// <param name="Summary">In numbers and one sentence.</param>
/// <param name="Findings">Worst first.</param>
/// <param name="Calendar">What ends for it in the next two years, soonest first.</param>
/// <param name="FactsReadAt">UTC time at which the agent read the facts; null where it never did.</param>
/// <param name="FactsProblem">Why the agent couldn't read them; empty where it could.</param>
/// <param name="IsStale">The facts are older than two of the agent's intervals.</param>
/// <param name="Revision">Of the facts.</param>
public sealed record ServerPostureView(int ServerId, string ServerName, string Site, PostureSummary Summary, IReadOnlyList<PostureRow> Findings, IReadOnlyList<PostureEnd> Calendar, DateTimeOffset? FactsReadAt, string FactsProblem, bool IsStale, long Revision);

/// <summary>The posture of the servers that the caller may see: judged from the live state, with what people have accepted.</summary>
internal sealed class PostureService(IDbContextFactory<DashboardContext> contexts, VisibleServers servers, Caller caller, TimeProvider timeProvider)
{
    public const int MaximumExportedRows = 10_000;

    /// <summary>Servers that a group names.</summary>
    private const int ListedServers = 5;

    private const int CalendarPageSize = 50;

    public async Task<PostureView> GetViewAsync(PostureQuery query, CancellationToken cancellationToken)
    {
        var (now, fleet, accepted) = (timeProvider.GetUtcNow(), await servers.LoadAsync(cancellationToken), await ReadAcceptedAsync(cancellationToken));
        var chosen = Choose(fleet, query);
        var judged = chosen.ConvertAll(server => Judge(server, accepted, now));
        var rows = Match(judged, query);
        return new(
            PostureSummary.Of(judged, PostureTable.ReadOfRelease(now), now),
            PageOf(PostureGroup.Of(rows, ListedServers), query.Page, query.PageSize),
            query.Finding is null ? null : PageOf(rows, query.Page, query.PageSize),
            PageOf(PostureEnd.Of(chosen, now, PostureEnd.LongestMonths), query.CalendarPage, CalendarPageSize),
            SiteCount.Of(fleet),
            query.ServerId is { } id ? servers.Find(id)?.Name : null,
            now);
    }

    /// <summary>Findings, server by server.</summary>
    public async Task<Paged<PostureRow>> GetPageAsync(PostureQuery query, CancellationToken cancellationToken) => PageOf(await GetRowsAsync(query, cancellationToken), query.Page, query.PageSize);

    /// <summary>All findings of a query, at most <see cref="MaximumExportedRows"/>.</summary>
    public async Task<IReadOnlyList<PostureRow>> ExportAsync(PostureQuery query, CancellationToken cancellationToken) => [.. (await GetRowsAsync(query, cancellationToken)).Take(MaximumExportedRows)];

    public async Task<PostureSummary> GetSummaryAsync(PostureQuery query, CancellationToken cancellationToken)
    {
        var (now, fleet, accepted) = (timeProvider.GetUtcNow(), await servers.LoadAsync(cancellationToken), await ReadAcceptedAsync(cancellationToken));
        return PostureSummary.Of(Choose(fleet, query).ConvertAll(server => Judge(server, accepted, now)), PostureTable.ReadOfRelease(now), now);
    }

    /// <summary>The same from memory alone, with what was accepted a moment ago: for a page that is open all the time.</summary>
    public PostureSummary Summarize(AcceptedFindings accepted)
    {
        var now = timeProvider.GetUtcNow();
        return PostureSummary.Of([.. servers.GetAll().Select(server => Judge(server, accepted, now))], PostureTable.ReadOfRelease(now), now);
    }

    /// <summary>What ends in the next months, soonest first.</summary>
    public async Task<Paged<PostureEnd>> GetCalendarAsync(string? site, int months, int page, int pageSize, CancellationToken cancellationToken) =>
        PageOf(PostureEnd.Of(Choose(await servers.LoadAsync(cancellationToken), new() { Site = site }), timeProvider.GetUtcNow(), months), page, pageSize);

    /// <summary>Null where there is no such server, or the caller may not see it.</summary>
    public async Task<ServerPostureView?> FindAsync(int serverId, CancellationToken cancellationToken)
    {
        await servers.WhenLoadedAsync(cancellationToken);
        if (servers.Find(serverId) is not { } server)
        {
            return null;
        }

        var now = timeProvider.GetUtcNow();
        var judged = Judge(server, await ReadAcceptedAsync(cancellationToken), now);
        var facts = server.Snapshot?.Posture;
        return new(
            server.Id,
            server.Name,
            server.Site,
            PostureSummary.Of([judged], PostureTable.ReadOfRelease(now), now),
            judged.Rows,
            PostureEnd.Of([server], now, PostureEnd.LongestMonths),
            facts?.ReadAt,
            facts?.Error ?? "",
            facts?.IsStale(now) == true,
            facts?.Revision ?? 0);
    }

    /// <summary>The servers in sight that have a finding now, with it.</summary>
    public async Task<IReadOnlyList<PostureRow>> FindHoldersAsync(string finding, string? site, int? serverId, CancellationToken cancellationToken) =>
        await GetRowsAsync(new() { Finding = finding, Site = site, ServerId = serverId }, cancellationToken);

    private static Paged<T> PageOf<T>(IReadOnlyList<T> all, int page, int pageSize)
    {
        var size = Math.Clamp(pageSize, 1, PostureQuery.MaximumPageSize);
        var place = Math.Clamp(page, 1, Math.Max(1, (all.Count + size - 1) / size));
        return new([.. all.Skip((place - 1) * size).Take(size)], all.Count, place, size);
    }

    private static List<LiveServer> Choose(IReadOnlyList<LiveServer> fleet, PostureQuery query) =>
        [.. fleet.Where(server => (query.Site is null || server.Site == query.Site) && (query.ServerId is null || server.Id == query.ServerId)).OrderBy(server => server.Name, StringComparer.OrdinalIgnoreCase).ThenBy(server => server.Id)];

    private static JudgedServer Judge(LiveServer server, AcceptedFindings accepted, DateTimeOffset now)
    {
        var assessment = LivePosture.Of(server, now);
        return new(
            server.Id,
            server.Name,
            server.Site,
            [
                .. assessment.Findings.DistinctBy(finding => finding.Id).Select(finding => new PostureRow
                {
                    ServerId = server.Id,
                    ServerName = server.Name,
                    Site = server.Site,
                    Finding = finding,
                    TableDate = assessment.Table.AsOf,
                    IsFromAgent = assessment.IsFromAgent,
                    Acknowledgement = accepted.Find(server.Id, finding, now),
                }),
            ],
            assessment.IsFromAgent);
    }

    /// <summary>What is found before what can't be said, kinds in their order, the worst first; then by server.</summary>
    private static List<PostureRow> Match(IEnumerable<JudgedServer> judged, PostureQuery query) =>
    [
        .. judged.SelectMany(server => server.Rows)
            .Where(query.Includes)
            .OrderBy(row => PostureLabels.Rank(row.Finding.Answer is PostureAnswer.CannotSay, row.Finding.Kind))
            .ThenByDescending(row => row.Finding.Severity)
            .ThenBy(row => row.Finding.Id, StringComparer.Ordinal)
            .ThenBy(row => row.ServerName, StringComparer.OrdinalIgnoreCase)
            .ThenBy(row => row.ServerId),
    ];

    private async Task<List<PostureRow>> GetRowsAsync(PostureQuery query, CancellationToken cancellationToken)
    {
        var (now, fleet, accepted) = (timeProvider.GetUtcNow(), await servers.LoadAsync(cancellationToken), await ReadAcceptedAsync(cancellationToken));
        return Match(Choose(fleet, query).ConvertAll(server => Judge(server, accepted, now)), query);
    }

    private async Task<AcceptedFindings> ReadAcceptedAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await AcceptedFindings.ReadAsync(context, caller.ScopeOf(Permission.View), timeProvider.GetUtcNow(), cancellationToken);
    }
}
