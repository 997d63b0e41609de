using System.Globalization;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Shared;

namespace WsusDashboard.Dashboard.Features.Audit;

/// <summary>
/// Puts the lives of problems into the audit, each moment once. The rows say what is due, because the audit is stored apart from them: a dashboard that
/// was killed between the two looks there first. Of several dashboards the one writes that decides on problems. Threading: the tracker tells, one loop writes.
/// </summary>
internal sealed partial class ProblemAuditor(
    ProblemTracker problems,
    AuditLog log,
    IDbContextFactory<SecurityContext> security,
    IDbContextFactory<DashboardContext> contexts,
    DatabaseInitializer database,
    Backoff backoff,
    TimeProvider timeProvider,
    ILogger<ProblemAuditor> logger,
    IOwnership? ownership = null) : BackgroundService
{
    private const int Portion = 200;
    private const string Prefix = "problem.";

    /// <summary>Ends the detail of an entry: by this it is known which moment it tells.</summary>
    private const string Mark = ", moment ";

    /// <summary>How far the two clocks of a moment and its entry may be apart: one is rounded.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    private readonly IOwnership _ownership = ownership ?? SoleOwnership.Instance;
    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        problems.MomentsStored += Signal;
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        problems.MomentsStored -= Signal;
        base.Dispose();
    }

    /// <summary>Writes what is due.</summary>
    /// <param name="isSure">False where the audit may have some of it: after a start, and after a failure.</param>
    /// <param name="cancellationToken">Ends it between two portions.</param>
    internal async Task WriteDueAsync(bool isSure, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var due = await context.ProblemEvents.AsNoTracking()
                .Where(moment => moment.AuditDue == 1)
                .OrderBy(moment => moment.Id)
                .Take(Portion)
                .Join(context.Servers, moment => moment.ServerId, server => server.Id, (moment, server) => new DueMoment(moment, server.Name, server.Site))
                .ToListAsync(cancellationToken);
            if (due.Count == 0)
            {
                return;
            }

            var told = isSure ? [] : await FindToldAsync(due.Min(entry => entry.Moment.At) - Slack, cancellationToken);
            List<AuditNote> notes = [.. due.Where(entry => !told.Contains(entry.Moment.Id)).OrderBy(entry => entry.Moment.Id).Select(ToNote)];
            if (notes.Count > 0)
            {
                await log.WriteAllAsync(Access.Dashboard.Name, CallerIdentity.Dashboard, notes);
            }

            var ids = due.Select(entry => entry.Moment.Id).ToList();
            await context.ProblemEvents.Where(moment => ids.Contains(moment.Id)).ExecuteUpdateAsync(update => update.SetProperty(moment => moment.AuditDue, 0), cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            var (isSure, failures) = (false, 0);
            while (true)
            {
                try
                {
                    if (!_ownership.Owned.OwnsFleet || !_ownership.IsConfirmed)
                    {
                        // What another dashboard has written since isn't known.
                        isSure = false;
                        await _ownership.WhenOwnedAsync(owned => owned.OwnsFleet, stoppingToken);
                        await _ownership.WhenConfirmedAsync(stoppingToken);
                    }

                    await WriteDueAsync(isSure, stoppingToken);
                    (isSure, failures) = (true, 0);
                    await _due.Reader.ReadAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    (isSure, failures) = (false, failures + 1);
                    Log.NotWritten(logger, exception);
                    await Task.Delay(backoff.Next(failures), timeProvider, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is due stays due.
        }
    }

    private async Task<HashSet<long>> FindToldAsync(DateTime since, CancellationToken cancellationToken)
    {
        await using var audit = await security.CreateDbContextAsync(cancellationToken);

        // Only its own entries: what people write about problems stands in entries of theirs, and may read like a mark.
        var own = Access.Dashboard.Name;
        var details = await audit.AuditEntries.AsNoTracking().Where(entry => entry.At >= since && entry.What.StartsWith(Prefix) && entry.Who == own && entry.PersonId == "").Select(entry => entry.Detail).ToListAsync(cancellationToken);
        return [.. details.Select(MomentOf).OfType<long>()];
    }

    private static long? MomentOf(string detail) =>
        detail.LastIndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at && long.TryParse(detail.AsSpan(at + Mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static AuditNote ToNote(DueMoment due)
    {
        var moment = due.Moment;
        return new()
        {
            What = Prefix + WordOf(moment.Kind),
            ServerId = moment.ServerId,
            ServerName = due.ServerName,
            Site = due.Site,
            Detail = string.Create(CultureInfo.InvariantCulture, $"{moment.Title} ({moment.CauseId}), problem {moment.ProblemId}{Mark}{moment.Id}"),
            Before = moment.Kind is ProblemEventKind.Named or ProblemEventKind.Merged ? moment.Detail : "",
            After = moment.Kind switch
            {
                ProblemEventKind.Named => moment.CauseId,
                ProblemEventKind.Merged => moment.ProblemId.ToString(CultureInfo.InvariantCulture),
                ProblemEventKind.AcknowledgementEnded or ProblemEventKind.SilenceEnded => moment.Detail,
                _ => "",
            },
            Outcome = moment.Severity.ToString().ToLowerInvariant(),
        };
    }

    private static string WordOf(ProblemEventKind kind) => kind switch
    {
        ProblemEventKind.Opened => "open",
        ProblemEventKind.Worsened => "worsen",
        ProblemEventKind.Named => "name",
        ProblemEventKind.RepairBegan => "repair-start",
        ProblemEventKind.RepairEnded => "repair-end",
        ProblemEventKind.Awaited => "await",
        ProblemEventKind.StillThere => "still-there",
        ProblemEventKind.Resolved => "resolve",
        ProblemEventKind.Reopened => "reopen",
        ProblemEventKind.Flapping => "flap",
        ProblemEventKind.Merged => "merge",
        ProblemEventKind.Acknowledged => "acknowledge",
        ProblemEventKind.AcknowledgementEnded => "acknowledgement-end",
        ProblemEventKind.Assigned => "assign",
        ProblemEventKind.Unassigned => "unassign",
        ProblemEventKind.Silenced => "silence",
        ProblemEventKind.SilenceEnded => "silence-end",
        ProblemEventKind.Commented => "comment",
        ProblemEventKind.CommentDeleted => "comment-delete",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private void Signal() => _due.Writer.TryWrite(true);

    private sealed record DueMoment(ProblemEventEntity Moment, string ServerName, string Site);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Changes of problems couldn't be written to the audit; trying again")]
        public static partial void NotWritten(ILogger logger, Exception exception);
    }
}
