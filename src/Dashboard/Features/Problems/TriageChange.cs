using System.Globalization;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Problems;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>What somebody decides about a problem: how it changes a row, and what the problem's life and the audit say of it. Pure.</summary>
internal abstract record TriageChange
{
    /// <summary>The moment in the problem's life.</summary>
    public abstract ProblemEventKind Moment { get; }

    /// <summary>The name of the entry in the audit.</summary>
    public abstract string AuditName { get; }

    /// <summary>UTC; null where it has no end.</summary>
    public virtual DateTimeOffset? Until => null;

    /// <summary>In the person's words, or the assignee's name.</summary>
    public virtual string Text => "";

    /// <summary>Why something ended; empty where nothing did.</summary>
    public virtual string Detail => "";

    /// <summary>What it does, for a sentence: "acknowledged".</summary>
    public abstract string Participle { get; }

    /// <summary>True where the row has already what this would replace or end.</summary>
    public abstract bool IsInForce(ProblemTriageEntity row, DateTimeOffset now);

    /// <summary>Who put that there, and when.</summary>
    public abstract (string By, DateTime? At) Origin(ProblemTriageEntity row);

    /// <summary>True where it takes something away, which has to be there.</summary>
    public virtual bool IsEnd => false;

    public abstract void Apply(ProblemTriageEntity row, DateTimeOffset now, string by);

    /// <summary>What the audit calls the state after it.</summary>
    public string After => string.Join(' ', new[] { IsEnd ? "" : Text.Length > 0 && Moment == ProblemEventKind.Assigned ? Text : Participle, Until is { } until ? $"until {until.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}" : "" }.Where(part => part.Length > 0));
}

internal abstract record AcknowledgementChange : TriageChange
{
    public override string Participle => "acknowledged";

    public override bool IsInForce(ProblemTriageEntity row, DateTimeOffset now) => row.AcknowledgedUntil > now.UtcDateTime;

    public override (string By, DateTime? At) Origin(ProblemTriageEntity row) => (row.AcknowledgedBy, row.AcknowledgedAt);
}

internal sealed record Acknowledge(DateTimeOffset End, bool IsUntilChange, string Comment) : AcknowledgementChange
{
    public override ProblemEventKind Moment => ProblemEventKind.Acknowledged;

    public override string AuditName => "problem.acknowledge";

    public override DateTimeOffset? Until => End;

    public override string Text => Comment;

    public override string Detail => IsUntilChange ? "until-change" : "";

    public override void Apply(ProblemTriageEntity row, DateTimeOffset now, string by) =>
        (row.AcknowledgedAt, row.AcknowledgedUntil, row.IsUntilChange, row.AcknowledgedBy, row.AcknowledgementComment) = (now.UtcDateTime, End.UtcDateTime, IsUntilChange, by, Comment);
}

internal sealed record TakeBackAcknowledgement : AcknowledgementChange
{
    public override ProblemEventKind Moment => ProblemEventKind.AcknowledgementEnded;

    public override string AuditName => "problem.acknowledgement-end";

    public override string Detail => TriageEndReasons.TakenBack;

    public override bool IsEnd => true;

    public override void Apply(ProblemTriageEntity row, DateTimeOffset now, string by) => TriageRows.EndAcknowledgement(row);
}

internal abstract record AssignmentChange : TriageChange
{
    public override string Participle => "assigned";

    public override bool IsInForce(ProblemTriageEntity row, DateTimeOffset now) => row.AssigneeId is not null;

    public override (string By, DateTime? At) Origin(ProblemTriageEntity row) => (row.AssignedBy, row.AssignedAt);
}

internal sealed record Assign(string PersonId, string Name) : AssignmentChange
{
    public override ProblemEventKind Moment => ProblemEventKind.Assigned;

    public override string AuditName => "problem.assign";

    public override string Text => Name;

    public override void Apply(ProblemTriageEntity row, DateTimeOffset now, string by) => (row.AssignedAt, row.AssignedBy, row.AssigneeId, row.AssigneeName) = (now.UtcDateTime, by, PersonId, Name);
}

internal sealed record Unassign : AssignmentChange
{
    public override ProblemEventKind Moment => ProblemEventKind.Unassigned;

    public override string AuditName => "problem.unassign";

    public override bool IsEnd => true;

    public override void Apply(ProblemTriageEntity row, DateTimeOffset now, string by) => TriageRows.EndAssignment(row);
}

internal abstract record SilenceChange : TriageChange
{
    public override string Participle => "silenced";

    public override bool IsInForce(ProblemTriageEntity row, DateTimeOffset now) => row.SilencedUntil > now.UtcDateTime;

    public override (string By, DateTime? At) Origin(ProblemTriageEntity row) => (row.SilencedBy, row.SilencedAt);
}

internal sealed record SilenceProblem(DateTimeOffset End, string Reason) : SilenceChange
{
    public override ProblemEventKind Moment => ProblemEventKind.Silenced;

    public override string AuditName => "problem.silence";

    public override DateTimeOffset? Until => End;

    public override string Text => Reason;

    public override void Apply(ProblemTriageEntity row, DateTimeOffset now, string by) => (row.SilencedAt, row.SilencedUntil, row.SilencedBy, row.SilenceReason) = (now.UtcDateTime, End.UtcDateTime, by, Reason);
}

internal sealed record EndSilence : SilenceChange
{
    public override ProblemEventKind Moment => ProblemEventKind.SilenceEnded;

    public override string AuditName => "problem.silence-end";

    public override string Detail => TriageEndReasons.TakenBack;

    public override bool IsEnd => true;

    public override void Apply(ProblemTriageEntity row, DateTimeOffset now, string by) => TriageRows.EndSilence(row);
}
