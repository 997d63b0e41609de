using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>Rows of problems, and what they are made of.</summary>
internal static class ProblemRows
{
    public static ProblemHeader ToHeader(ProblemEntity entity) => new(entity.Id, entity.Kind, entity.CauseId, entity.Title, entity.Subject, entity.GroupKey, entity.RootServerId);

    public static ProblemMember ToMember(ProblemServerEntity entity) => new(entity.ProblemId, new()
    {
        ServerId = entity.ServerId,
        CauseId = entity.CauseId,
        Title = entity.Title,
        Severity = entity.Severity,
        State = entity.State,
        StateSince = entity.StateSince.ToOffset(),
        Since = entity.Since.ToOffset(),
        OpenedAt = entity.OpenedAt.ToOffset(),
        Playbook = entity.Playbook,
        RepairId = entity.RepairId,
        ResolvedAt = entity.ResolvedAt.ToOffset(),
        GoneAt = entity.GoneAt.ToOffset(),
        SuspectedAt = entity.SuspectedAt.ToOffset(),
        GoodSince = entity.GoodSince.ToOffset(),
        GoodReadAt = entity.GoodReadAt.ToOffset(),
        MilderSince = entity.MilderSince.ToOffset(),
        IsCalm = entity.IsCalm,
        ReopeningCount = entity.ReopeningCount,
        Reopenings = [.. entity.Reopenings.Select(at => at.ToOffset())],
    });

    public static void Copy(ProblemCourse course, ProblemServerEntity entity)
    {
        entity.Title = course.Title;
        entity.Severity = course.Severity;
        entity.State = course.State;
        entity.StateSince = course.StateSince.UtcDateTime;
        entity.Since = course.Since.UtcDateTime;
        entity.OpenedAt = course.OpenedAt?.UtcDateTime;
        entity.Playbook = course.Playbook;
        entity.RepairId = course.RepairId;
        entity.ResolvedAt = course.ResolvedAt?.UtcDateTime;
        entity.GoneAt = course.GoneAt?.UtcDateTime;
        entity.SuspectedAt = course.SuspectedAt?.UtcDateTime;
        entity.GoodSince = course.GoodSince?.UtcDateTime;
        entity.GoodReadAt = course.GoodReadAt?.UtcDateTime;
        entity.MilderSince = course.MilderSince?.UtcDateTime;
        entity.IsCalm = course.IsCalm;
        entity.ReopeningCount = course.ReopeningCount;
        entity.Reopenings = [.. course.Reopenings.Select(at => at.UtcDateTime)];
    }

    public static void Copy(ProblemHeader header, ProblemEntity entity)
    {
        entity.Kind = header.Kind;
        entity.CauseId = header.CauseId;
        entity.Title = header.Title;
        entity.Subject = header.Subject;
        entity.GroupKey = header.GroupKey;
        entity.RootServerId = header.RootServerId;
    }

    /// <param name="member">As it is after the moment.</param>
    /// <param name="moment">What happened.</param>
    /// <param name="at">UTC.</param>
    public static ProblemEventEntity ToEvent(ProblemMember member, ProblemMoment moment, DateTimeOffset at) => new()
    {
        ProblemId = member.ProblemId,
        ServerId = member.Course.ServerId,
        At = at.UtcDateTime,
        Kind = moment.Kind,
        CauseId = member.Course.CauseId,
        Title = member.Course.Title,
        Severity = member.Course.Severity,
        Detail = moment.Detail,

        // Repairs have entries of their own, by whoever asked for them.
        AuditDue = moment.Kind is ProblemEventKind.RepairBegan or ProblemEventKind.RepairEnded ? 0 : 1,
    };
}
