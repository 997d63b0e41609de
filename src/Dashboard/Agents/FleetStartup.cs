using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Ingest.Replication;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Shared;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>
/// What the database knows of each server becomes the live state; the servers that this dashboard owns are watched, from the moment on when it takes them until it lets them go. Where it is the only one these
/// are all, once at the start. Threading: one change of what is owned at a time; a person's change of one server has its turn in between.
/// </summary>
internal sealed partial class FleetStartup(
    FleetLoader loader,
    FleetFollower follower,
    DatabaseInitializer database,
    FleetIngest ingest,
    LiveFleet live,
    HistoryWriter writer,
    ProblemTracker problems,
    AgentLinks links,
    OutboundAgents outbound,
    IOwnership ownership,
    IDbContextFactory<DashboardContext> contexts,
    DashboardOptions options,
    Backoff backoff,
    TimeProvider timeProvider,
    ILogger<FleetStartup> logger) : BackgroundService
{
    /// <summary>Servers that are read together when they come from another dashboard: the first of them are watched while the others are read.</summary>
    private const int ReadAtOnce = 50;

    /// <summary>Servers of one question at the start.</summary>
    private const int LoadedAtOnce = 500;

    /// <summary>The first contacts of so many servers are spread over a second at a takeover: nobody waits longer than need be.</summary>
    private const int ContactsPerSecond = 500;

    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _turn = new(1);

    public bool IsLoaded => _loaded.Task.IsCompletedSuccessfully;

    /// <summary>Ends once the whole fleet is shown, and every stored server of this dashboard is watched.</summary>
    public Task WhenLoaded => _loaded.Task;

    /// <summary>Servers came from a dashboard that may have been ended in the middle of something. Handlers return at once.</summary>
    public event Action<IReadOnlyList<int>>? Taken;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        problems.ServerChanged += ingest.SetProblems;
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        problems.ServerChanged -= ingest.SetProblems;
        await links.StopAllAsync();
    }

    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    /// <summary>Does something with one server while none is taken or given up.</summary>
    public async Task InTurnAsync(Func<Task> act)
    {
        await _turn.WaitAsync();
        try
        {
            await act();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Begins to watch a server that isn't watched yet, as the database knows it; nothing where it is another dashboard's. In a turn (<see cref="InTurnAsync"/>).</summary>
    public async Task TakeAsync(int serverId)
    {
        if (await TakeServersAsync([serverId], CancellationToken.None) is { Count: > 0 } taken)
        {
            Taken?.Invoke(taken);
        }
    }

    /// <summary>From now on agents of servers that wait to be admitted are kept too, at whichever dashboard they registered.</summary>
    public async Task ExpectWaitingAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        outbound.Load(await context.Admissions.AsNoTracking().Select(admission => admission.AgentPin).ToListAsync(cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            if (ownership.IsShared)
            {
                await UntilReadAsync(() => follower.LoadAsync(stoppingToken), stoppingToken);
                foreach (var identity in live.GetAll().Select(server => ingest.FindIdentity(server.Id)).OfType<ServerIdentity>())
                {
                    outbound.Follow(identity);
                }

                await UntilReadAsync(() => ExpectWaitingAsync(stoppingToken), stoppingToken);
            }

            await ownership.RunAsync(ApplyAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private async Task ApplyAsync(OwnershipChange change, CancellationToken cancellationToken)
    {
        if (!change.IsGained)
        {
            await InTurnAsync(() => GiveUpAsync(change.Partitions, cancellationToken));
        }
        else if (ownership.IsShared)
        {
            await TakeAsync(change.Partitions, cancellationToken);
        }
        else
        {
            await LoadAllAsync(cancellationToken);
        }

        _loaded.TrySetResult();
    }

    /// <summary>The only dashboard, at its start.</summary>
    private async Task LoadAllAsync(CancellationToken cancellationToken)
    {
        var ids = await loader.FindAsync([.. Enumerable.Range(0, Partitions.Count)], cancellationToken);
        List<ServerState> servers = [];
        foreach (var part in ids.Chunk(LoadedAtOnce))
        {
            servers.AddRange(await LoadReadableAsync(part, cancellationToken));
        }

        ingest.Load(servers);
        await links.PrepareAsync(ids, cancellationToken);
        StartLinks(servers, TimeSpan.FromSeconds(options.Agents.StaggerSeconds));
        await ExpectWaitingAsync(cancellationToken);
        Log.Loaded(logger, servers.Count);
    }

    /// <summary>Servers that came from another dashboard, or have no owner.</summary>
    private async Task TakeAsync(IReadOnlyList<int> partitions, CancellationToken cancellationToken)
    {
        List<int> taken = [];
        await UntilReadAsync(
            async () =>
            {
                foreach (var part in (await loader.FindAsync(partitions, cancellationToken)).Chunk(ReadAtOnce))
                {
                    await InTurnAsync(async () => taken.AddRange(await TakeServersAsync(part, cancellationToken)));
                }
            },
            cancellationToken);
        if (taken.Count > 0)
        {
            Log.Loaded(logger, taken.Count);
            Taken?.Invoke(taken);
        }
    }

    /// <summary>What can't be read now is read a moment later.</summary>
    private async Task UntilReadAsync(Func<Task> read, CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            try
            {
                await read();
                return;
            }
            catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
            {
                Log.NotLoaded(logger, exception);
                await Task.Delay(backoff.Next(++failures), timeProvider, cancellationToken);
            }
        }
    }

    private async Task<IReadOnlyList<int>> TakeServersAsync(IReadOnlyCollection<int> serverIds, CancellationToken cancellationToken)
    {
        // Some may have gone again meanwhile, and one that a person has changed is watched already.
        var owned = ownership.Owned;
        var servers = await LoadReadableAsync([.. serverIds.Where(id => owned.Owns(id) && ingest.Find(id) is null)], cancellationToken);
        await links.PrepareAsync([.. servers.Select(state => state.Id)], cancellationToken);
        var now = timeProvider.GetUtcNow();
        foreach (var state in servers)
        {
            state.SetProblems(problems.Problems.ToLive(state.Id, now));
            ingest.Add(state, owned.TermOf(state.Id));
        }

        StartLinks(servers, TimeSpan.FromSeconds(Math.Min(options.Agents.StaggerSeconds, (double)servers.Count / ContactsPerSecond)));
        return [.. servers.Select(state => state.Id)];
    }

    /// <summary>One whose rows can't be taken is not watched, and said to be so; it must not keep the others out.</summary>
    private async Task<List<ServerState>> LoadReadableAsync(int[] serverIds, CancellationToken cancellationToken)
    {
        try
        {
            return await loader.LoadAsync(serverIds, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && StorageFault.Of(exception) == StorageProblem.None)
        {
            if (serverIds.Length <= 1)
            {
                Log.NotWatched(logger, serverIds.FirstOrDefault(), exception);
                return [];
            }

            List<ServerState> readable = [];
            foreach (var serverId in serverIds)
            {
                readable.AddRange(await LoadReadableAsync([serverId], cancellationToken));
            }

            return readable;
        }
    }

    private void StartLinks(List<ServerState> servers, TimeSpan over)
    {
        for (var i = 0; i < servers.Count; i++)
        {
            outbound.Follow(servers[i].Identity);
            links.Start(servers[i].Identity, over * i / servers.Count);
        }
    }

    /// <summary>What they brought is stored first, while their links go on: so nobody watches them for a moment only. What comes in that moment the agents tell the next dashboard again.</summary>
    private async Task GiveUpAsync(IReadOnlyList<int> partitions, CancellationToken cancellationToken)
    {
        var ids = ingest.GetAll().Select(state => state.Id).Where(id => partitions.Contains(Partitions.Of(id))).ToList();
        if (ids.Count == 0)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestFlush);
        await writer.FlushAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(ids.Select(links.GiveUpAsync));
        ids.ForEach(ingest.GiveUp);
        follower.Look(ids);
        Log.GivenUp(logger, ids.Count);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Connecting to {Count} servers")]
        public static partial void Loaded(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Information, "{Count} servers are another dashboard's now")]
        public static partial void GivenUp(ILogger logger, int count);

        [LoggerMessage(3, LogLevel.Warning, "The servers of this dashboard couldn't be read; trying again")]
        public static partial void NotLoaded(ILogger logger, Exception exception);

        [LoggerMessage(4, LogLevel.Error, "What is stored of server {ServerId} can't be read, so it isn't watched")]
        public static partial void NotWatched(ILogger logger, int serverId, Exception exception);
    }
}
