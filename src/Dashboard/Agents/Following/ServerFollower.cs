using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared;

namespace WsusDashboard.Dashboard.Agents.Following;

/// <summary>
/// Follows what people do to servers at other dashboards of this database: added, edited, paired, removed, put into or let out of quarantine, commanded, waiting to be admitted. What is said is that something is new; what it is stands
/// in the database. Once a minute all of it is compared, so that nothing that was missed stays so. Threading: one loop for each topic.
/// </summary>
internal sealed partial class ServerFollower(
    IDbContextFactory<DashboardContext> contexts,
    IDbContextFactory<SecurityContext> audit,
    LiveFleet live,
    FleetIngest ingest,
    ServerWatcher watcher,
    FleetStartup fleet,
    AgentQuarantines quarantines,
    IOwnership ownership,
    Announcements announcements,
    DashboardOptions options,
    Backoff backoff,
    TimeProvider timeProvider,
    ILogger<ServerFollower> logger) : BackgroundService
{
    private const int ReadAtOnce = 500;
    private const int MostActions = 200;

    private static readonly TimeSpan CompareEvery = TimeSpan.FromMinutes(1);

    /// <summary>What people did longer ago was read with the server.</summary>
    private static readonly TimeSpan ActionReach = TimeSpan.FromMinutes(10);

    private readonly IdBatch _servers = new();
    private readonly IdBatch _quarantines = new();
    private readonly IdBatch _actions = new();
    private readonly IdBatch _admissions = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!ownership.IsShared)
        {
            return;
        }

        using var servers = announcements.On(Topics.Servers, _servers.Mark);
        using var quarantined = announcements.On(Topics.Quarantines, _quarantines.Mark);
        using var acted = announcements.On(Topics.Actions, _actions.Mark);
        using var admitted = announcements.On(Topics.Admissions, _admissions.Mark);
        await using var clock = timeProvider.CreateTimer(_ => Compare(), null, CompareEvery, CompareEvery);
        try
        {
            await fleet.WhenLoaded.WaitAsync(stoppingToken);
            await Task.WhenAll(
                FollowAsync(_servers, FollowServersAsync, stoppingToken),
                FollowAsync(_quarantines, FollowQuarantinesAsync, stoppingToken),
                FollowAsync(_actions, FollowActionsAsync, stoppingToken),
                FollowAsync(_admissions, (_, token) => fleet.ExpectWaitingAsync(token), stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private void Compare()
    {
        _servers.MarkEverything();
        _admissions.MarkEverything();
    }

    private async Task FollowAsync(IdBatch marked, Func<IReadOnlyCollection<int>?, CancellationToken, Task> follow, CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            var ids = await marked.TakeAsync(cancellationToken);
            try
            {
                await follow(ids, cancellationToken);
                failures = 0;
            }
            catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
            {
                Log.NotFollowed(logger, exception);
                await Task.Delay(backoff.Next(++failures), timeProvider, cancellationToken);
                marked.MarkEverything();
            }
        }
    }

    private async Task FollowServersAsync(IReadOnlyCollection<int>? ids, CancellationToken cancellationToken)
    {
        if (ids is not null)
        {
            foreach (var part in ids.Chunk(ReadAtOnce))
            {
                await FollowServersAsync(part, part, cancellationToken);
            }

            return;
        }

        // By ranges of ids, so that the whole fleet is never in memory twice.
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var known = live.GetAll().Select(server => server.Id);
        var stored = await context.Servers.OrderBy(server => server.Id).Select(server => server.Id).ToListAsync(cancellationToken);
        foreach (var part in stored.Chunk(ReadAtOnce))
        {
            await FollowServersAsync(part, part, cancellationToken);
        }

        await FollowServersAsync([], [.. known.Except(stored)], cancellationToken);
    }

    private async Task FollowServersAsync(int[] read, IReadOnlyCollection<int> expected, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var servers = read.Length == 0 ? [] : await context.Servers.AsNoTracking().Where(server => read.Contains(server.Id)).ToListAsync(cancellationToken);
        foreach (var server in servers.Where(IsNew))
        {
            await watcher.FollowAsync(server);
        }

        foreach (var gone in expected.Except(servers.Select(server => server.Id)).Where(id => ingest.FindIdentity(id) is not null))
        {
            await watcher.ForgetAsync(gone);
        }
    }

    private bool IsNew(ServerEntity server) =>
        ingest.FindIdentity(server.Id) != ServerIdentity.Of(server, options) || (ownership.Owned.Owns(server.Id) && ingest.Find(server.Id) is null);

    /// <summary>The owner's link looks itself whether its agent is in quarantine; it is woken where it waits for the end of one.</summary>
    private async Task FollowQuarantinesAsync(IReadOnlyCollection<int>? ids, CancellationToken cancellationToken)
    {
        foreach (var released in await quarantines.ReadAgainAsync(ids, cancellationToken))
        {
            await watcher.AgainAsync(released);
        }
    }

    private async Task FollowActionsAsync(IReadOnlyCollection<int>? ids, CancellationToken cancellationToken)
    {
        if (ids is null)
        {
            // They explain what is seen meanwhile; what was missed for a moment is in the audit, and read with the server the next time.
            return;
        }

        var owned = ids.Where(id => ingest.Find(id) is not null).ToList();
        if (owned.Count > 0)
        {
            var now = timeProvider.GetUtcNow().UtcDateTime;
            foreach (var entry in await PersonActionReader.ReadAsync(audit, owned, now - ActionReach, now + ActionReach, MostActions, cancellationToken))
            {
                ingest.Take(entry.ServerId, entry.Action);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What people did at other dashboards couldn't be read; trying again")]
        public static partial void NotFollowed(ILogger logger, Exception exception);
    }
}
