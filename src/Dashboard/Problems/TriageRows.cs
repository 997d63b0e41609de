using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>Rows of what people decided about problems, and the moments that tell of it.</summary>
internal static class TriageRows
{
    public static bool IsEmpty(ProblemTriageEntity row) => row is { AcknowledgedAt: null, AssigneeId: null, SilencedAt: null };

    public static void EndAcknowledgement(ProblemTriageEntity row) =>
        (row.AcknowledgedAt, row.AcknowledgedUntil, row.IsUntilChange, row.AcknowledgedBy, row.AcknowledgementComment) = (null, null, false, "", "");

    public static void EndAssignment(ProblemTriageEntity row) => (row.AssignedAt, row.AssignedBy, row.AssigneeId, row.AssigneeName) = (null, "", null, "");

    public static void EndSilence(ProblemTriageEntity row) => (row.SilencedAt, row.SilencedUntil, row.SilencedBy, row.SilenceReason) = (null, null, "", "");

    /// <summary>The server that a moment of a whole site stands with: the first that has the problem there, or had it. Null where none is left.</summary>
    public static async Task<ProblemServerEntity?> FindCourseAsync(DashboardContext context, long problemId, string site, CancellationToken cancellationToken) =>
        await context.ProblemServers.AsNoTracking()
            .Where(course => course.ProblemId == problemId && course.State != ProblemState.Suspected && context.Servers.Any(server => server.Id == course.ServerId && server.Site == site))
            .OrderBy(course => course.State == ProblemState.Resolved ? 1 : 0)
            .ThenBy(course => course.ServerId)
            .ThenBy(course => course.CauseId)
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>A moment that the audit has an entry of already.</summary>
    public static ProblemEventEntity ToEvent(ProblemServerEntity course, ProblemEventKind kind, DateTimeOffset at) => new()
    {
        ProblemId = course.ProblemId,
        ServerId = course.ServerId,
        At = at.UtcDateTime,
        Kind = kind,
        CauseId = course.CauseId,
        Title = course.Title,
        Severity = course.Severity,
    };
}
