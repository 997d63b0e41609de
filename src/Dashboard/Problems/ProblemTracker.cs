using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>
/// Follows the live fleet and keeps the life of each problem in rows. What it knows is what the rows say: it holds a copy of those that still may change,
/// stores each decision before it goes by it, and makes a decision that could not be stored again with the next look. So a dashboard that is killed at any
/// moment goes on as if it had not been. Of several dashboards that share the fleet one decides on all problems, because several servers may have one; the others read the rows when it tells them. Threading: one loop decides and stores; readers take the copy, which is replaced and never changed.
/// </summary>
internal sealed partial class ProblemTracker(
    IDbContextFactory<DashboardContext> contexts,
    DatabaseInitializer database,
    LiveFleet live,
    ProblemFeed feed,
    Backoff backoff,
    TimeProvider timeProvider,
    ILogger<ProblemTracker> logger,
    IOwnership? ownership = null,
    Announcements? announcements = null,
    ProblemTriages? triages = null) : BackgroundService
{
    /// <summary>What happens within a second is looked at together: servers that fall silent, those below a failing one.</summary>
    private static readonly TimeSpan CollectFor = TimeSpan.FromSeconds(1);

    /// <summary>Servers in one transaction: a fleet that is new to the dashboard would keep people's changes out for minutes, and each row costs a look at all rows before it.</summary>
    internal const int MaximumServers = 100;

    private readonly IOwnership _ownership = ownership ?? SoleOwnership.Instance;
    private readonly IdBatch _told = new();
    private IReadOnlyDictionary<int, long> _terms = OwnedPartitions.All.TermsOfFleet();
    private volatile ProblemSet _problems = new();
    private bool _isInDoubt;

    /// <summary>The problems of a server have changed. Handlers return at once.</summary>
    public event Action<int, ValueList<ServerProblem>>? ServerChanged;

    /// <summary>Moments of lives have been stored. Handlers return at once.</summary>
    public event Action? MomentsStored;

    /// <summary>The problems that still may change; not changed under the reader.</summary>
    public ProblemSet Problems => _problems;

    /// <summary>Moments that are no decision of this were stored.</summary>
    public void TellMoments() => MomentsStored?.Invoke();

    /// <summary>Takes up what the rows say.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var limit = (now - ProblemLife.ReopensWithin).UtcDateTime;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var members = await context.ProblemServers.AsNoTracking().Where(row => row.State != ProblemState.Resolved || row.ResolvedAt >= limit).ToListAsync(cancellationToken);
        var ids = members.Select(row => row.ProblemId).Distinct().ToList();
        var headers = await context.Problems.AsNoTracking().Where(problem => context.ProblemServers.Any(row => row.ProblemId == problem.Id && (row.State != ProblemState.Resolved || row.ResolvedAt >= limit))).ToListAsync(cancellationToken);
        var problems = new ProblemSet();
        headers.Where(header => ids.Contains(header.Id)).ToList().ForEach(header => problems.Put(ProblemRows.ToHeader(header)));
        members.ForEach(row => problems.Replace(null, ProblemRows.ToMember(row)));
        var before = _problems;
        _problems = problems;
        Publish(before.Servers.Union(problems.Servers).Where(id => !before.ToLive(id, now).Equals(problems.ToLive(id, now))), now);
    }

    /// <summary>Looks at servers, and stores what that changes, in parts. False where not all could be stored: the next look decides on the rest again.</summary>
    /// <param name="changed">The servers that have changed.</param>
    /// <param name="cancellationToken">Ends the storing.</param>
    public async Task<bool> ObserveAsync(IReadOnlyCollection<LiveServer> changed, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var decisions = new List<ProblemDecision>();
        try
        {
            if (_isInDoubt)
            {
                await LoadAsync(cancellationToken);
                _isInDoubt = false;
            }

            var readings = changed.Select(server => new ServerReading(server, now)).ToList();
            var groups = readings.Exists(reading => MayBeGrouped(reading)) ? ProblemGroups.Of([.. live.GetAll().Select(server => new ServerReading(server, now))]) : null;
            decisions.AddRange(readings.SelectMany(reading => ProblemDecisions.Of(_problems, reading, groups, now)));
            foreach (var part in decisions.GroupBy(decision => decision.ServerId).Chunk(MaximumServers))
            {
                await StoreAsync([.. part.SelectMany(decision => decision)], now, cancellationToken);
            }

            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // It may have been stored all the same, where only the answer was lost: what is in memory counts again once it was read anew. Whether the storage is in trouble, the writer of the history finds out and says.
            _isInDoubt = true;
            Log.NotStored(logger, decisions.Count, exception);
            return false;
        }
    }

    /// <summary>Servers that were removed: their rows are gone with them, and a problem that has no server any more goes too.</summary>
    public async Task RemoveAsync(IReadOnlyCollection<int> serverIds, CancellationToken cancellationToken)
    {
        var problems = _problems.Copy();
        var touched = serverIds.SelectMany(serverId => problems.MembersOf(serverId)).Select(member => member.ProblemId).ToHashSet();
        foreach (var serverId in serverIds)
        {
            problems.RemoveServer(serverId);
        }

        _problems = problems;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await RemoveEmptyAsync(context, cancellationToken);
        Tell(touched);
    }

    /// <summary>Deletes the problems that no server has any more, and the numbers that led to one of these.</summary>
    public static async Task<int> RemoveEmptyAsync(DashboardContext context, CancellationToken cancellationToken) =>
        await context.Problems.Where(problem => problem.MergedInto == null && !context.ProblemServers.Any(row => row.ProblemId == problem.Id)).ExecuteDeleteAsync(cancellationToken)
        + await context.Problems.Where(problem => problem.MergedInto != null && !context.Problems.Any(other => other.Id == problem.MergedInto)).ExecuteDeleteAsync(cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listening = announcements?.On(Topics.Problems, _told.Mark);
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            await live.WhenLoaded.WaitAsync(stoppingToken);
            while (true)
            {
                await FollowAsync(stoppingToken);
                await DecideAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    /// <summary>Shows what another dashboard decides, until this one is to.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (!_ownership.Owned.OwnsFleet)
        {
            await LoadUntilDoneAsync(cancellationToken);
        }

        while (!_ownership.Owned.OwnsFleet)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var told = _told.TakeAsync(waiting.Token);
            await Task.WhenAny(told, _ownership.WhenOwnedAsync(owned => owned.OwnsFleet, waiting.Token));
            await waiting.CancelAsync();
            await ((Task)told).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (told.IsCompletedSuccessfully)
            {
                var before = _problems.Headers.Select(header => header.Id);
                await LoadUntilDoneAsync(cancellationToken);
                feed.Mark((await told)?.Select(id => (long)id).ToList() ?? [.. before.Union(_problems.Headers.Select(header => header.Id))]);
                await Task.Delay(CollectFor, timeProvider, cancellationToken);
            }
        }
    }

    /// <summary>Decides, until another dashboard does.</summary>
    private async Task DecideAsync(CancellationToken cancellationToken)
    {
        var terms = _ownership.Owned.TermsOfFleet();
        _terms = terms;
        await LoadUntilDoneAsync(cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lost = EndWithAsync(terms, ending);
        using var subscription = live.Subscribe();
        try
        {
            await TakeAsync(new(subscription.Snapshot, [], Revision: 0), ending.Token);
            await foreach (var changes in subscription.ReadAsync(ending.Token))
            {
                await TakeAsync(changes, ending.Token);
                await Task.Delay(CollectFor, timeProvider, ending.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Another dashboard decides now.
        }
        finally
        {
            await ending.CancelAsync();
            await lost;
        }
    }

    private async Task EndWithAsync(IReadOnlyDictionary<int, long> terms, CancellationTokenSource ending)
    {
        await _ownership.WhenOwnedAsync(owned => owned.TermsOfFleet()[Partitions.WholeFleet] != terms[Partitions.WholeFleet], ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ending.CancelAsync();
    }

    private async Task StoreAsync(IReadOnlyList<ProblemDecision> decisions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await _ownership.WhenConfirmedAsync(cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var transaction = new ProblemTransaction(context, _problems, now, (own, token) => _ownership.CheckAsync(own, _terms, token));
        await transaction.StoreAsync(decisions, cancellationToken);
        _problems = transaction.Problems;
        Publish(transaction.Servers, now);
        Tell(transaction.Changed);
        MomentsStored?.Invoke();
        if (transaction.Ended.Count > 0 && triages is not null)
        {
            await triages.ReloadAsync(cancellationToken);
        }
    }

    private void Tell(HashSet<long> changed)
    {
        feed.Mark(changed);
        if (changed.Count > 0)
        {
            announcements?.Tell(Topics.Problems, changed.Select(id => id.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private async Task TakeAsync(LiveChanges changes, CancellationToken cancellationToken)
    {
        try
        {
            if (changes.Removed.Count > 0)
            {
                await RemoveAsync(changes.Removed, cancellationToken);
            }

            await ObserveAsync(changes.Changed, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One look that cannot be taken must not end the following.
            Log.NotObserved(logger, exception);
        }
    }

    private async Task LoadUntilDoneAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await LoadAsync(cancellationToken);
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.NotLoaded(logger, exception);
                await Task.Delay(backoff.Next(attempt), timeProvider, cancellationToken);
            }
        }
    }

    /// <summary>Only what has something in common with others, and is not known to yet, needs a look at all of them.</summary>
    private bool MayBeGrouped(ServerReading reading) => reading.Standing.Any(cause =>
        (cause.Id is FindingIds.AgentUnreachable or FindingIds.MicrosoftOutage || Shared.Hierarchy.HierarchyTree.IsInherited(cause.Id))
        && _problems.MembersOf(reading.Server.Id).FirstOrDefault(member => member.Course.CauseId == cause.Id) is var member
        && (member is null || _problems.Find(member.ProblemId) is not { IsOwn: false }));

    private void Publish(IEnumerable<int> servers, DateTimeOffset now)
    {
        foreach (var serverId in servers.ToList())
        {
            ServerChanged?.Invoke(serverId, _problems.ToLive(serverId, now));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Couldn't store {Count} changes to problems; the next check repeats them")]
        public static partial void NotStored(ILogger logger, int count, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "A check for problems failed; the next one tries again")]
        public static partial void NotObserved(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Warning, "The stored problems couldn't be read; trying again")]
        public static partial void NotLoaded(ILogger logger, Exception exception);
    }
}
