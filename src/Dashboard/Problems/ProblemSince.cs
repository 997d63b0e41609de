using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>Since when a problem is there, as far as the history goes back: memory keeps the newest synchronizations only.</summary>
internal static class ProblemSince
{
    private const string FindingPrefix = "finding:";
    private const int MostRuns = 500;

    /// <summary>Databases keep times less exactly than clocks tell them.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    /// <summary>The earliest moment that the history tells, or the one that is known.</summary>
    public static async Task<DateTimeOffset> FindAsync(DashboardContext context, ProblemCourse course, CancellationToken cancellationToken)
    {
        // No sync tells since when a server has a vulnerability.
        if (PostureCauses.IsOne(course.CauseId))
        {
            return course.Since;
        }

        var since = course.Since.UtcDateTime;
        var failing = await FindFailingSinceAsync(context, course.ServerId, course.CauseId, since, cancellationToken);
        var seen = await FindSeenSinceAsync(context, course.ServerId, course.CauseId, cancellationToken);
        var earliest = new[] { since, failing ?? since, seen ?? since }.Min();
        return earliest.ToOffset();
    }

    /// <summary>Where it began with a failed synchronization: the first of those in a row that have this cause, or none that was ever named.</summary>
    private static async Task<DateTime?> FindFailingSinceAsync(DashboardContext context, int serverId, string causeId, DateTime since, CancellationToken cancellationToken)
    {
        var (from, to) = (since - Slack, since + Slack);
        var runs = context.SyncRuns.AsNoTracking().Where(run => run.ServerId == serverId && run.IsCounted);
        var isFailure = await runs.AnyAsync(run => run.Result != SyncResult.Succeeded && run.Result != SyncResult.Running && (run.EndedAt ?? run.StartedAt) >= from && (run.EndedAt ?? run.StartedAt) <= to, cancellationToken);
        if (!isFailure)
        {
            return null;
        }

        var earlier = await runs.Where(run => run.StartedAt <= to).OrderByDescending(run => run.StartedAt).Take(MostRuns).Select(run => new { run.StartedAt, run.EndedAt, run.Result, run.CauseId }).ToListAsync(cancellationToken);
        var first = earlier.Where(run => run.Result != SyncResult.Running)
            .TakeWhile(run => run.Result != SyncResult.Succeeded && (run.CauseId is null || run.CauseId == causeId || run.CauseId == FindingIds.UnknownCause))
            .LastOrDefault();
        return first is null ? null : first.EndedAt ?? first.StartedAt;
    }

    /// <summary>When this dashboard first saw the finding that is there still; null where it never did.</summary>
    private static async Task<DateTime?> FindSeenSinceAsync(DashboardContext context, int serverId, string causeId, CancellationToken cancellationToken)
    {
        var subject = FindingPrefix + causeId;
        var changes = context.StateChanges.AsNoTracking().Where(change => change.ServerId == serverId && change.Subject == subject);
        var gone = await changes.Where(change => change.To == "" || change.To == nameof(Severity.Information)).MaxAsync(change => (DateTime?)change.At, cancellationToken) ?? DateTime.UnixEpoch;
        return await changes.Where(change => change.At > gone).MinAsync(change => (DateTime?)change.At, cancellationToken);
    }
}
