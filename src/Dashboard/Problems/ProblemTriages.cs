using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Shared;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>
/// What people decided about problems, as the rows say it: read as a whole after each change here or at another dashboard, so that open pages are answered from
/// memory. Only what is in force has a row. Threading: what is read is immutable and replaced as a whole; readings come one after another.
/// </summary>
internal sealed partial class ProblemTriages(
    IDbContextFactory<DashboardContext> contexts,
    DatabaseInitializer database,
    ProblemFeed feed,
    Backoff backoff,
    TimeProvider timeProvider,
    ILogger<ProblemTriages> logger,
    Announcements? announcements = null) : BackgroundService
{
    /// <summary>What other dashboards are told where the rows are new; else they are told the number of a problem.</summary>
    private const string Rows = "rows";

    private readonly SemaphoreSlim _reading = new(1);
    private readonly IdBatch _told = new();
    private volatile Dictionary<long, IReadOnlyList<ProblemTriage>> _rows = [];

    /// <summary>Another object after each change.</summary>
    public object Version => _rows;

    /// <summary>For each site that has something in force.</summary>
    public IReadOnlyList<ProblemTriage> Of(long problemId) => _rows.GetValueOrDefault(problemId, []);

    /// <summary>An end has passed that is not in the rows yet.</summary>
    public bool HasDue(DateTimeOffset at) => _rows.Values.Any(triages => triages.Any(triage => triage.IsDueAt(at)));

    /// <summary>The one place that says whether nothing may alert for a problem. Whatever alerts asks here first.</summary>
    /// <param name="problemId">The problem.</param>
    /// <param name="sites">Sites whose servers have it, as far as the alert is about them: it is silent only where it is for each of these.</param>
    /// <param name="at">UTC.</param>
    public bool IsSilenced(long problemId, IReadOnlyCollection<string> sites, DateTimeOffset at) =>
        sites.Count > 0 && Of(problemId) is var triages && sites.All(site => triages.Any(triage => triage.Site == site && triage.IsSilencedAt(at)));

    /// <summary>Something was stored: reads it and tells who listens, other dashboards too. It was stored, so a reading that fails is tried again by the loop.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        announcements?.Tell(Topics.Triage, Rows);
        try
        {
            await ReadAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            _told.MarkEverything();
            if (exception is not OperationCanceledException)
            {
                Log.NotRead(logger, exception);
            }
        }
    }

    /// <summary>Something was written about a problem that isn't in these rows.</summary>
    public void Tell(long problemId)
    {
        feed.Mark([problemId]);
        announcements?.Tell(Topics.Triage, problemId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Reads the rows, and tells which problems are another way now.</summary>
    internal async Task ReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var rows = await context.ProblemTriages.AsNoTracking().ToListAsync(cancellationToken);
            var (before, after) = (_rows, rows.GroupBy(row => row.ProblemId).ToDictionary(group => group.Key, IReadOnlyList<ProblemTriage> (group) => [.. group.Select(ProblemTriage.Of).OrderBy(triage => triage.Site, StringComparer.Ordinal)]));
            _rows = after;
            feed.Mark([.. before.Keys.Union(after.Keys).Where(id => !before.GetValueOrDefault(id, []).SequenceEqual(after.GetValueOrDefault(id, [])))]);
        }
        finally
        {
            _reading.Release();
        }
    }

    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listening = announcements?.On(Topics.Triage, Hear);
        _told.MarkEverything();
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            for (var failures = 0; ;)
            {
                await _told.TakeAsync(stoppingToken);
                try
                {
                    await ReadAsync(stoppingToken);
                    failures = 0;
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    Log.NotRead(logger, exception);
                    await Task.Delay(backoff.Next(++failures), timeProvider, stoppingToken);
                    _told.MarkEverything();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private void Hear(IReadOnlyList<string> items)
    {
        feed.Mark([.. items.Select(item => long.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0)]);
        if (items.Any(item => item is Rows or Announcements.Everything))
        {
            _told.MarkEverything();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Acknowledgements, assignments and silences couldn't be read; trying again")]
        public static partial void NotRead(ILogger logger, Exception exception);
    }
}
