using System.Numerics;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Evidence;

/// <summary>
/// Gathers what the logs, the event log and the snapshot say around each synchronization that did not succeed, once, soon after its end, and sends it as an event. So the cause of a run
/// is known although no hub watched. One without an end (it hung, or was killed) is looked at once the next has begun, else after four hours.
/// </summary>
internal sealed partial class EvidenceGatherer(AgentStore store, SnapshotStore snapshots, LogLocator places, TimeProvider timeProvider, ILogger<EvidenceGatherer> logger) : BackgroundService
{
    private const int MostLines = 60;
    private const int MostLinesOfALog = 20;
    private const int MostEvents = 40;
    private const int MostRunsOfARound = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>WSUS, IIS and Configuration Manager write what belongs to an end a little after it.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(45);

    /// <summary>Older runs have no lines left in logs that roll over.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    /// <summary>A snapshot says something about a run that ended so long ago, and no more.</summary>
    private static readonly TimeSpan SnapshotReach = TimeSpan.FromMinutes(5);

    /// <summary>A synchronization that has no end after so long is looked at as it is; a full one of a large catalogue takes two or three hours.</summary>
    private static readonly TimeSpan LongestWithoutEnd = TimeSpan.FromHours(4);

    /// <summary>Events are witnesses of a run for a day before its end.</summary>
    private static readonly TimeSpan EventReach = TimeSpan.FromDays(1);

    /// <summary>Among so many runs before it the good ones are looked for: a site that synchronizes every hour has as many in ten days.</summary>
    private const int MostRunsBefore = 500;

    /// <summary>Gathers for the runs that have ended and have no evidence yet; the number of runs.</summary>
    /// <exception cref="StoreException">The store cannot be read or written.</exception>
    public async Task<int> GatherAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var runs = store.ReadRunsWithoutEvidence(now - Memory, now - Settling, now - LongestWithoutEnd, MostRunsOfARound);
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
        var snapshot = snapshots.Current;
        var windows = RunWindows.Of(run, store.ReadRunsBefore(now, MostRunsBefore), now);
        var until = run.EndedAt ?? windows.Run.To;
        var (lines, goodRuns) = ReadLines(windows);

        return new RunEvidence
        {
            RunId = run.Id,
            Lines = lines,
            GoodRunsRead = goodRuns,
            Until = windows.Run.To < now ? windows.Run.To : now,
            Events = [.. ChooseEvents(snapshot.Events.Value?.Recent ?? [], run, windows.Run.To)],
            Snapshot = now - until <= SnapshotReach ? Trim(snapshot) : null,
        };
    }

    /// <summary>Those nearest to the end, or to the start of a run that has no end; newest first.</summary>
    private static IEnumerable<WindowsEvent> ChooseEvents(IEnumerable<WindowsEvent> events, SyncRun run, DateTimeOffset until)
    {
        var anchor = run.EndedAt ?? run.StartedAt;
        return events
            .Where(item => item.At >= anchor - EventReach && item.At <= until)
            .OrderBy(item => (item.At - anchor).Duration())
            .Take(MostEvents)
            .OrderByDescending(item => item.At);
    }

    private (IReadOnlyList<LoggedLine> Lines, int GoodRuns) ReadLines(RunWindows windows)
    {
        List<KeptLine> lines = [];
        var goodRuns = 0u;
        foreach (var place in places.FindAll())
        {
            try
            {
                var reading = LogWindow.Read(place, windows, MostLinesOfALog);
                lines.AddRange(reading.Lines);
                goodRuns |= reading.GoodRuns;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.NotRead(logger, place.Path, exception.Message);
            }
        }

        // What speaks for a cause goes before what sounds like trouble, what no good run has before what stands in them too, and what is newer before what is older.
        var kept = lines.OrderByDescending(item => item.IsTelling).ThenBy(item => item.Line.GoodRuns > 0).ThenByDescending(item => item.Line.At).Take(MostLines);
        return ([.. kept.Select(item => item.Line).OrderBy(line => line.At)], BitOperations.PopCount(goodRuns));
    }

    /// <summary>Events travel beside it, and other pools and the posture say nothing about a synchronization.</summary>
    private static Snapshot Trim(Snapshot snapshot) => snapshot with
    {
        Events = new Section<EventsState> { Name = SectionNames.Events },
        Posture = new Section<PostureState> { Name = SectionNames.Posture },
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
