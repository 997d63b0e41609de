using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>
/// Ends acknowledgements and silences whose end has come: pages go by the time alone, this puts it into the rows and the lives of the problems. Of several
/// dashboards the one does it that decides on problems. Threading: one loop.
/// </summary>
internal sealed partial class TriageExpiry(
    IDbContextFactory<DashboardContext> contexts,
    DatabaseInitializer database,
    ProblemTriages triages,
    ProblemTracker tracker,
    TimeProvider timeProvider,
    ILogger<TriageExpiry> logger,
    IOwnership? ownership = null) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Rows in one transaction.</summary>
    private const int Portion = 100;

    private readonly IOwnership _ownership = ownership ?? SoleOwnership.Instance;

    /// <summary>Ends what is due now.</summary>
    internal async Task EndDueAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        while (triages.HasDue(now))
        {
            var terms = _ownership.Owned.TermsOfFleet();
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            await _ownership.CheckAsync(context, terms, cancellationToken);
            var due = await context.ProblemTriages
                .Where(row => row.AcknowledgedUntil <= now.UtcDateTime || row.SilencedUntil <= now.UtcDateTime)
                .OrderBy(row => row.ProblemId).ThenBy(row => row.Site)
                .Take(Portion)
                .ToListAsync(cancellationToken);
            foreach (var row in due)
            {
                await EndAsync(context, row, now, cancellationToken);
            }

            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            await triages.ReloadAsync(cancellationToken);
            tracker.TellMoments();
            if (due.Count < Portion)
            {
                return;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            while (true)
            {
                try
                {
                    if (_ownership.Owned.OwnsFleet && _ownership.IsConfirmed)
                    {
                        await EndDueAsync(stoppingToken);
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // A person who changed the same in this moment, or a database that can't be used: the next round finds what is left.
                    Log.NotEnded(logger, exception);
                }

                await Task.Delay(Interval, timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private static async Task EndAsync(DashboardContext context, ProblemTriageEntity row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<ProblemEventKind> ended = [];
        if (row.AcknowledgedUntil <= now.UtcDateTime)
        {
            TriageRows.EndAcknowledgement(row);
            ended.Add(ProblemEventKind.AcknowledgementEnded);
        }

        if (row.SilencedUntil <= now.UtcDateTime)
        {
            TriageRows.EndSilence(row);
            ended.Add(ProblemEventKind.SilenceEnded);
        }

        row.Revision = ProblemTriage.NextRevision();
        if (TriageRows.IsEmpty(row))
        {
            context.ProblemTriages.Remove(row);
        }

        if (await TriageRows.FindCourseAsync(context, row.ProblemId, row.Site, cancellationToken) is { } course)
        {
            foreach (var moment in ended.Select(kind => TriageRows.ToEvent(course, kind, now)))
            {
                (moment.Detail, moment.AuditDue) = (TriageEndReasons.Expired, 1);
                context.ProblemEvents.Add(moment);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Acknowledgements and silences whose time is over couldn't be ended in the database; trying again. Pages show them as ended")]
        public static partial void NotEnded(ILogger logger, Exception exception);
    }
}
