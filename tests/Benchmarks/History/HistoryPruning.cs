using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Benchmarks.Fleet;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Benchmarks.History;

/// <summary>How long the history waits while the nightly job deletes what is past its retention: syncs are stored one after the other, first alone, then while the job runs.</summary>
internal sealed class HistoryPruning(HistoryDatabase database, HistoryOptions history)
{
    private const int DeletedDays = 30;

    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(10);

    private readonly Latencies _stored = new();
    private readonly double[] _longest = new double[2];
    private int _made;

    /// <returns>What the job deleted in which time, and how long storing a sync took without it and beside it, in milliseconds.</returns>
    public async Task<PruningResult> MeasureAsync(CancellationToken cancellationToken)
    {
        using (var alone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            alone.CancelAfter(Alone);
            await StoreUntilAsync(0, alone.Token);
        }

        var without = _stored.Take();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // SQLite answers at once: without a thread of its own this would never come back.
        var storing = Task.Run(() => StoreUntilAsync(1, ending.Token), CancellationToken.None);
        var clock = Stopwatch.StartNew();
        var said = await PruneAsync(cancellationToken);
        var took = clock.Elapsed;
        await ending.CancelAsync();
        await storing;
        return new(said, took, without, _longest[0], _stored.Take(), _longest[1]);
    }

    private async Task<string> PruneAsync(CancellationToken cancellationToken)
    {
        var options = database.Options;
        options.Retention.SyncDays = history.Days - DeletedDays;
        options.Retention.StateChangeDays = history.SampleDays - DeletedDays;
        options.Retention.EventDays = history.SampleDays - DeletedDays;
        var time = new StillClock(new(HistoryOptions.Now));
        var chain = new AuditChain(KeyFile.Open(options));
        using var audit = new AuditLog(database, chain, new(options, chain), new(database.Provider, time), time, NullLogger<AuditLog>.Instance);
        return await new RetentionJob(database, audit, options, time).RunAsync(cancellationToken);
    }

    private async Task StoreUntilAsync(int part, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            var clock = Stopwatch.StartNew();
            await StoreAsync(CancellationToken.None);
            _stored.Add(clock.Elapsed.TotalMilliseconds);
            _longest[part] = Math.Max(_longest[part], clock.Elapsed.TotalMilliseconds);
        }
    }

    /// <summary>One more sync of one server after the other, as the ingest stores it.</summary>
    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var number = _made++;
        var serverId = (number % history.Servers) + 1;
        var startedAt = new DateTimeOffset(HistoryOptions.Now).AddSeconds(number);
        var store = new SyncRunStore(context, serverId);
        var run = new SyncRun
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"beside-{number}"),
            Source = SyncSource.Wsus,
            StartedAt = startedAt,
            EndedAt = startedAt.AddMinutes(4),
            Result = SyncResult.Succeeded,
        };
        await store.StoreAsync([run], [], cancellationToken);
        await store.JudgeAsync([], cancellationToken);
        await SyncRollup.SaveAsync(context, cancellationToken);
    }

    private sealed class StillClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}

/// <summary>What pruning did to the history beside it; milliseconds.</summary>
internal sealed record PruningResult(string Said, TimeSpan Took, Percentiles Without, double LongestWithout, Percentiles Beside, double LongestBeside);
