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

    /// <summary>Who is ready, or who has it.</summary>
    /// <param name="filter">Whose rows.</param>
    /// <param name="tuesday">The release.</param>
    /// <param name="upstreams">Ids of servers that take their updates from a watched one, with that one's: they have the updates once it had them before.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<PatchTuesdayBoard> GetAsync(HistoryFilter filter, PatchTuesday tuesday, IReadOnlyDictionary<int, int> upstreams, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        var isReleased = tuesday.ReleasedAt <= now;
        var next = tuesday.Next().ReleasedAt;
        var until = next < now ? next : now;

        // Of the release that is out now, a server that has not got through fails for what is named for it everywhere.
        var isCurrent = next >= now;
        var wanted = await ScopedServers.LoadAsync(context, filter, caller.ScopeOf(Permission.View), cancellationToken);

        // The server above one of these may be of another site; its history is read too, as far as the caller may see it.
        var servers = wanted.All.Any(server => upstreams.TryGetValue(server.Id, out var above) && wanted.IndexOf(above) < 0)
            ? await ScopedServers.LoadAsync(context, new HistoryFilter(), caller.ScopeOf(Permission.View), cancellationToken)
            : wanted;
        int[] above = [.. servers.All.Select(server => upstreams.TryGetValue(server.Id, out var id) ? servers.IndexOf(id) : -1)];
        var health = await context.Servers.AsNoTracking()
            .Select(server => new { server.Id, server.Status.Health, server.Status.Sentence })
            .ToDictionaryAsync(server => server.Id, cancellationToken);
        var moment = isReleased ? tuesday.ReleasedAt : now;
        var tally = new ReleaseCounts(servers.All.Count, moment.ToUnixTimeSeconds(), [.. above.Select(index => index >= 0)]);
        await SyncRunScan.ReadAsync(context, servers, moment - LookBack, until, tally, cancellationToken);
        var causes = await context.SyncCauses.AsNoTracking().ToDictionaryAsync(cause => cause.Id, cause => cause.Title, cancellationToken);

        var holders = new UpdateHolders(tally, above);

        // A server that was removed between the two questions is passed over.
        var rows = servers.All.Index().Where(entry => health.ContainsKey(entry.Item.Id) && wanted.IndexOf(entry.Item.Id) >= 0).Select(entry =>
        {
            var (index, server) = entry;
            var lastGood = tally.LastGoodOf(index);
            var isSynced = !tally.WasBad(index) && lastGood >= moment - ReadyWithin;
            var current = health[server.Id];
            var cause = causes.GetValueOrDefault(tally.CauseOf(index));
            var isFailing = isCurrent && tally.FailedOf(index) > 0 && tally.SyncedAtOf(index) is null;
            var hasAt = holders.HasAt(index);
            return (server.Site, Row: new PatchTuesdayServer(server.Id, server.Name, isSynced && (isReleased || current.Health is Health.Healthy), lastGood, hasAt, tally.FailedOf(index), isFailing ? server.CauseTitle ?? cause : cause, current.Health, current.Sentence, server.IsReadingHistory)
            {
                WaitsFor = hasAt is null && tally.SyncedAtOf(index) is not null ? servers.All[above[index]].Name : null,
            });
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

/// <summary>When each server had a release's updates: by its own first good synchronization, or, below another server, by the first one that began once that one had them.</summary>
/// <param name="counts">The synchronizations.</param>
/// <param name="above">By index, the index of the server above; -1 = none. There are no circles.</param>
internal sealed class UpdateHolders(ReleaseCounts counts, int[] above)
{
    private readonly Dictionary<int, DateTimeOffset?> _known = [];

    /// <summary>UTC; null = not yet.</summary>
    public DateTimeOffset? HasAt(int server)
    {
        if (!_known.TryGetValue(server, out var at))
        {
            at = above[server] < 0 ? counts.SyncedAtOf(server)
                : HasAt(above[server]) is { } before ? counts.SyncedFrom(server, before)
                : null;
            _known[server] = at;
        }

        return at;
    }
}
