using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>The board of a Patch Tuesday: before it, which sites are ready; after it, which have the updates.</summary>
internal sealed class PatchTuesdayQueries(IDbContextFactory<DashboardContext> contexts, TimeProvider timeProvider, Caller caller)
{
    /// <summary>A server is ready when its last good synchronization is at most this old.</summary>
    public static readonly TimeSpan ReadyWithin = TimeSpan.FromDays(2);

    private static readonly TimeSpan LookBack = TimeSpan.FromDays(60);

    public async Task<PatchTuesdayBoard> GetAsync(HistoryFilter filter, PatchTuesday tuesday, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        var isReleased = tuesday.ReleasedAt <= now;
        var next = tuesday.Next().ReleasedAt;
        var until = next < now ? next : now;

        // Of the release that is out now, a server that has not got through fails for what is named for it everywhere.
        var isCurrent = next >= now;
        var servers = await ScopedServers.LoadAsync(context, filter, caller.ScopeOf(Permission.View), cancellationToken);
        var health = await context.Servers.AsNoTracking()
            .Select(server => new { server.Id, server.Status.Health, server.Status.Sentence })
            .ToDictionaryAsync(server => server.Id, cancellationToken);
        var moment = isReleased ? tuesday.ReleasedAt : now;
        var tally = new ReleaseCounts(servers.All.Count, moment.ToUnixTimeSeconds());
        await SyncRunScan.ReadAsync(context, servers, moment - LookBack, until, tally, cancellationToken);
        var causes = await context.SyncCauses.AsNoTracking().ToDictionaryAsync(cause => cause.Id, cause => cause.Title, cancellationToken);

        // A server that was removed between the two questions is passed over.
        var rows = servers.All.Index().Where(entry => health.ContainsKey(entry.Item.Id)).Select(entry =>
        {
            var (index, server) = entry;
            var lastGood = tally.LastGoodOf(index);
            var isSynced = !tally.WasBad(index) && lastGood >= moment - ReadyWithin;
            var current = health[server.Id];
            var cause = causes.GetValueOrDefault(tally.CauseOf(index));
            var isFailing = isCurrent && tally.FailedOf(index) > 0 && tally.SyncedAtOf(index) is null;
            return (server.Site, Row: new PatchTuesdayServer(server.Id, server.Name, isSynced && (isReleased || current.Health is Health.Healthy), lastGood, tally.SyncedAtOf(index), tally.FailedOf(index), isFailing ? server.CauseTitle ?? cause : cause, current.Health, current.Sentence, server.IsReadingHistory));
        });
        return new()
        {
            Tuesday = tuesday,
            Until = until,
            IsReleased = isReleased,
            Sites = [.. rows.GroupBy(entry => entry.Site, entry => entry.Row).OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase).Select(group => ToSite(group.Key, [.. group], isReleased))],
        };
    }

    private static PatchTuesdaySite ToSite(string site, List<PatchTuesdayServer> servers, bool isReleased)
    {
        var synced = servers.FindAll(server => server.SyncedAt is not null);
        return new(
            site,
            servers.Count(server => server.IsReady),
            synced.Count,
            synced.Min(server => server.SyncedAt),
            synced.Count == servers.Count ? synced.Max(server => server.SyncedAt) : null,
            [.. servers
                .OrderBy(server => isReleased ? server.SyncedAt is not null : server.IsReady)
                .ThenByDescending(server => server.FailedSince)
                .ThenBy(server => server.ServerName, StringComparer.OrdinalIgnoreCase)]);
    }
}
