using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Wsus;

/// <summary>Takes the history of synchronizations into the store: from WSUS, else from its database. Both name a run in the same way, so no run is kept twice.</summary>
/// <remarks>Threading: one caller at a time.</remarks>
public sealed class WsusHistoryReader(WsusClient client, SusdbReader susdb, AgentStore store, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>What an agent asks for when it knows nothing: charts show years, and two of them are at most two megabytes, asked for once.</summary>
    private static readonly TimeSpan FirstHistory = TimeSpan.FromDays(730);

    /// <summary>Events are asked for from a little before the newest known start, because clocks and commits are not exact.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly DueTimer _timer = new(timeProvider);

    /// <summary>Who told the history at its newest read.</summary>
    public WsusSource Source { get; private set; }

    /// <summary>Why the database could not be read when it was last asked; null where it could.</summary>
    public EdgeException? DatabaseProblem { get; private set; }

    /// <summary>Reads what is new, where it is due.</summary>
    /// <param name="isSynchronizing">Whether WSUS says that one goes on.</param>
    /// <param name="isOwed">True where something is known to have changed.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="EdgeException">Neither WSUS nor its database tells the history.</exception>
    /// <exception cref="StoreException">It could not be kept.</exception>
    public async Task ReadAsync(bool isSynchronizing, bool isOwed, CancellationToken cancellationToken)
    {
        if (!isOwed && !_timer.IsDue(Interval))
        {
            return;
        }

        var runs = await ReadFromEitherAsync(FindStart(), cancellationToken).ConfigureAwait(false);

        // While WSUS says that nothing runs, a start without an end was cut off (a crash, a service that was stopped).
        await KeepAsync(runs.Select(run => run.Result == SyncResult.Running && !isSynchronizing ? run with { Result = SyncResult.Unknown } : run), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same from the database alone, while WSUS does not answer; a failure is kept in <see cref="DatabaseProblem"/>.</summary>
    /// <exception cref="StoreException">It could not be kept.</exception>
    public async Task ReadFromDatabaseAsync(bool isOwed, CancellationToken cancellationToken)
    {
        if (!isOwed && !_timer.IsDue(Interval))
        {
            return;
        }

        try
        {
            var runs = await susdb.ReadHistoryAsync(FindStart(), cancellationToken).ConfigureAwait(false);
            DatabaseProblem = null;
            Source = WsusSource.Database;

            // Nobody says whether a start without an end still goes on; one that was once told to be cut off stays so.
            var cutOff = store.ReadNewestRuns(SyncSource.Wsus, 1) is [{ Result: SyncResult.Unknown } newest, ..] ? newest.Id : null;
            await KeepAsync(runs.Where(run => run.Result != SyncResult.Running || run.Id != cutOff), cancellationToken).ConfigureAwait(false);
        }
        catch (EdgeException exception)
        {
            DatabaseProblem = exception;
            _timer.Mark();
        }
    }

    private async Task<IReadOnlyList<SyncRun>> ReadFromEitherAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        try
        {
            var runs = await client.ReadHistoryAsync(since, cancellationToken).ConfigureAwait(false);
            Source = WsusSource.AdministrationService;
            return runs;
        }
        catch (EdgeException exception)
        {
            try
            {
                var runs = await susdb.ReadHistoryAsync(since, cancellationToken).ConfigureAwait(false);
                Source = WsusSource.Database;
                return runs;
            }
            catch (EdgeException other)
            {
                throw new EdgeException(exception.Failure, SusdbProblem.Join(exception.Message, other), exception);
            }
        }
    }

    private async Task KeepAsync(IEnumerable<SyncRun> runs, CancellationToken cancellationToken)
    {
        await store.SaveAsync(new StoreBatch { SyncRuns = [.. runs] }, cancellationToken).ConfigureAwait(false);
        _timer.Mark();
    }

    // A run that began in the future began while the clock was wrong: asking from there on would find nothing for as long.
    private DateTimeOffset FindStart()
    {
        var now = timeProvider.GetUtcNow();
        return store.ReadNewestRuns(SyncSource.Wsus, 1) is [var newest, ..] && newest.StartedAt <= now ? newest.StartedAt - Overlap : now - FirstHistory;
    }
}
