namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>
/// What people decided about a problem, for its servers of one site: whoever may act on one site decides nothing for another. The row is there while something
/// of it is in force, and goes when its problem is over there: one that comes back begins without it.
/// </summary>
public sealed class ProblemTriageEntity
{
    public long ProblemId { get; set; }

    public required string Site { get; set; }

    /// <summary>Another number after each change: by this it is noticed that somebody else was first.</summary>
    public long Revision { get; set; }

    /// <summary>Null where it is not acknowledged; so are the time of the end and the names then empty.</summary>
    public DateTime? AcknowledgedAt { get; set; }

    public DateTime? AcknowledgedUntil { get; set; }

    /// <summary>It ends with the next change of the problem, too: another name of the cause, the end of a repair.</summary>
    public bool IsUntilChange { get; set; }

    /// <summary>Name of who acknowledged it, as it was then.</summary>
    public string AcknowledgedBy { get; set; } = "";

    /// <summary>In the person's words, at most 1,000 characters; may be empty.</summary>
    public string AcknowledgementComment { get; set; } = "";

    public DateTime? AssignedAt { get; set; }

    public string AssignedBy { get; set; } = "";

    /// <summary>The account it is assigned to; null where it is assigned to nobody.</summary>
    public string? AssigneeId { get; set; }

    /// <summary>Its name, as it was then.</summary>
    public string AssigneeName { get; set; } = "";

    public DateTime? SilencedAt { get; set; }

    public DateTime? SilencedUntil { get; set; }

    public string SilencedBy { get; set; } = "";

    /// <summary>In the person's words, 1 to 1,000 characters.</summary>
    public string SilenceReason { get; set; } = "";
}

/// <summary>What someone wrote about a problem. It stays with the problem, also where that comes back.</summary>
public sealed class ProblemCommentEntity
{
    public long Id { get; set; }

    public long ProblemId { get; set; }

    public DateTime At { get; set; }

    /// <summary>Name of who wrote it, as it was then.</summary>
    public required string Who { get; set; }

    /// <summary>The account, however it is named now; empty for the token of the options, which is nobody's.</summary>
    public string PersonId { get; set; } = "";

    /// <summary>Plain text, 1 to 1,000 characters.</summary>
    public required string Text { get; set; }
}

/// <summary>A site that a comment is about: those who may see none of these don't see the comment.</summary>
public sealed class ProblemCommentSiteEntity
{
    public long CommentId { get; set; }

    public required string Site { get; set; }
}
