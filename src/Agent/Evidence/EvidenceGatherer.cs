using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Evidence;

/// <summary>
/// Gathers what the logs, the event log and the snapshot say around each synchronization that did not succeed, once, soon after its end, and sends it as an event. So the cause of a run
/// is known although no hub watched.
/// </summary>
internal sealed partial class EvidenceGatherer(AgentStore store, SnapshotStore snapshots, LogLocator places, TimeProvider timeProvider, ILogger<EvidenceGatherer> logger) : BackgroundService
{
    private const int MostLines = 60;
    private const int MostEvents = 40;
    private const int MostRunsOfARound = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>WSUS, IIS and Configuration Manager write what belongs to an end a little after it.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(45);

    /// <summary>Older runs have no lines left in logs that roll over.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    /// <summary>A snapshot says something about a run that ended so long ago, and no more.</summary>
    private static readonly TimeSpan SnapshotReach = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Before = TimeSpan.FromMinutes(75);
    private static readonly TimeSpan After = TimeSpan.FromMinutes(10);

    /// <summary>Gathers for the runs that have ended and have no evidence yet; the number of runs.</summary>
    /// <exception cref="StoreException">The store cannot be read or written.</exception>
    public async Task<int> GatherAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var runs = store.ReadRunsWithoutEvidence(now - Memory, now - Settling, MostRunsOfARound);
        foreach (var run in runs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await store.AppendEventAsync(new AgentEvent { At = now, Evidence = Gather(run, now) }, cancellationToken).ConfigureAwait(false);
        }

        return runs.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                try
                {
                    await GatherAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    Log.NotGathered(logger, exception);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The agent stops; what is missing is gathered after its next start.
        }
    }

    private RunEvidence Gather(SyncRun run, DateTimeOffset now)
    {
        var end = run.EndedAt ?? run.StartedAt;
        var snapshot = snapshots.Current;

        return new RunEvidence
        {
            RunId = run.Id,
            Lines = ReadLines(run.StartedAt - Before, end + After),
            Events = [.. (snapshot.Events.Value?.Recent ?? []).Where(item => item.At >= end.AddDays(-1) && item.At <= end + After).OrderByDescending(item => item.At).Take(MostEvents)],
            Snapshot = now - end <= SnapshotReach ? Trim(snapshot) : null,
        };
    }

    private IReadOnlyList<LoggedLine> ReadLines(DateTimeOffset from, DateTimeOffset to)
    {
        List<LoggedLine> lines = [];
        foreach (var place in places.FindAll())
        {
            try
            {
                lines.AddRange(LogWindow.Read(place, from, to, MostLines / 3));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.NotRead(logger, place.Path, exception.Message);
            }
        }

        return [.. lines.OrderBy(line => line.At).TakeLast(MostLines)];
    }

    /// <summary>Events travel beside it, and other pools say nothing about a synchronization.</summary>
    private static Snapshot Trim(Snapshot snapshot) => snapshot with
    {
        Events = new Section<EventsState> { Name = SectionNames.Events },
        Iis = snapshot.Iis.Value is { } iis ? snapshot.Iis with { Value = iis with { Pools = [.. iis.Pools.Where(pool => pool == iis.WsusPool)] } } : snapshot.Iis,
        Host = snapshot.Host.Value is { } host ? snapshot.Host with { Value = host with { Collectors = [] } } : snapshot.Host,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Couldn't gather evidence about a sync; trying again")]
        public static partial void NotGathered(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Information, "{Path} can't be read for evidence: {Reason}")]
        public static partial void NotRead(ILogger logger, string path, string reason);
    }
}
