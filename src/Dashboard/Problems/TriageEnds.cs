using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>Why an acknowledgement or a silence ended; the detail of its moment.</summary>
internal static class TriageEndReasons
{
    public const string TakenBack = "taken-back";
    public const string Expired = "expired";
    public const string Worsened = "worsened";
    public const string ServerJoined = "server-joined";
    public const string CameBack = "came-back";
    public const string Changed = "changed";
}

/// <summary>
/// Ends what people decided about a problem where the problem isn't any more what they decided about. Part of the transaction that stores the change, so neither
/// is there without the other.
/// </summary>
internal sealed class TriageEnds(DashboardContext context)
{
    /// <summary>Problems whose rows have changed.</summary>
    public HashSet<long> Changed { get; } = [];

    /// <summary>Takes what has just happened to a problem on a server of a site. The moment to add, or null.</summary>
    /// <param name="problem">The problem, as it is after it.</param>
    /// <param name="site">Of the server.</param>
    /// <param name="moments">What happened.</param>
    /// <param name="hasJoined">The server came to a problem that there was before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ProblemMoment?> ApplyAsync(ProblemHeader problem, string site, IReadOnlyList<ProblemMoment> moments, bool hasJoined, CancellationToken cancellationToken)
    {
        if (Happened(ProblemEventKind.Resolved))
        {
            await EndAllAsync(problem.Id, site, cancellationToken);
            return null;
        }

        var reason = Happened(ProblemEventKind.Worsened) ? TriageEndReasons.Worsened
            : Happened(ProblemEventKind.Reopened) ? TriageEndReasons.CameBack
            : hasJoined ? TriageEndReasons.ServerJoined
            : Happened(ProblemEventKind.Named) || Happened(ProblemEventKind.StillThere) || Happened(ProblemEventKind.RepairEnded) ? TriageEndReasons.Changed
            : null;
        return reason is not null && await EndAcknowledgementAsync(problem.Id, site, reason, cancellationToken) ? new(ProblemEventKind.AcknowledgementEnded, reason) : null;

        bool Happened(ProblemEventKind kind) => moments.Any(moment => moment.Kind == kind);
    }

    /// <summary>A problem that went into another one: what was written about it goes along, what was decided does not.</summary>
    public async Task MergeAsync(long problemId, long into, CancellationToken cancellationToken)
    {
        await context.ProblemComments.Where(comment => comment.ProblemId == problemId).ExecuteUpdateAsync(update => update.SetProperty(comment => comment.ProblemId, into), cancellationToken);
        if (await context.ProblemTriages.Where(triage => triage.ProblemId == problemId).ExecuteDeleteAsync(cancellationToken) > 0)
        {
            Changed.Add(problemId);
        }
    }

    /// <summary>Nothing is in force for a problem that is over: at this site, where no other server there has it.</summary>
    private async Task EndAllAsync(long problemId, string site, CancellationToken cancellationToken)
    {
        var deleted = await context.ProblemTriages
            .Where(triage => triage.ProblemId == problemId && triage.Site == site)
            .Where(triage => !context.ProblemServers.Any(course => course.ProblemId == problemId && course.State != ProblemState.Resolved && course.State != ProblemState.Suspected
                && context.Servers.Any(server => server.Id == course.ServerId && server.Site == site)))
            .ExecuteDeleteAsync(cancellationToken);
        if (deleted > 0)
        {
            Changed.Add(problemId);
        }
    }

    private async Task<bool> EndAcknowledgementAsync(long problemId, string site, string reason, CancellationToken cancellationToken)
    {
        var rows = context.ProblemTriages.Where(triage => triage.ProblemId == problemId && triage.Site == site && triage.AcknowledgedAt != null && (reason != TriageEndReasons.Changed || triage.IsUntilChange));
        var revision = ProblemTriage.NextRevision();
        var ended = await rows.Where(triage => triage.AssigneeId == null && triage.SilencedAt == null).ExecuteDeleteAsync(cancellationToken)
            + await rows.ExecuteUpdateAsync(
                update => update
                    .SetProperty(triage => triage.AcknowledgedAt, (DateTime?)null)
                    .SetProperty(triage => triage.AcknowledgedUntil, (DateTime?)null)
                    .SetProperty(triage => triage.IsUntilChange, false)
                    .SetProperty(triage => triage.AcknowledgedBy, "")
                    .SetProperty(triage => triage.AcknowledgementComment, "")
                    .SetProperty(triage => triage.Revision, revision),
                cancellationToken);
        if (ended > 0)
        {
            Changed.Add(problemId);
        }

        return ended > 0;
    }
}
