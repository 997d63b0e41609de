using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>How far a problem is in its life.</summary>
public enum ProblemState
{
    /// <summary>Seen, and not for long enough to be one; nobody is shown it.</summary>
    Suspected = 0,

    Open = 1,

    /// <summary>A repair goes on that carries out what helps.</summary>
    BeingRepaired = 2,

    /// <summary>Something was done, and whether it helped cannot be said yet.</summary>
    Unproven = 3,

    Resolved = 4,
}

/// <summary>What the servers of a problem have in common.</summary>
public enum ProblemKind
{
    /// <summary>It is one server's own.</summary>
    Server = 0,

    /// <summary>They take their updates from one upstream server, which fails.</summary>
    Upstream = 1,

    /// <summary>They take their updates from Microsoft, which does not answer.</summary>
    Outage = 2,

    /// <summary>They fell silent together: a site, a network, or all there are.</summary>
    Segment = 3,

    /// <summary>It is about their posture, and not about syncs: they have the same vulnerability, support for the same product ends; or it is one server's own, such as its certificate.</summary>
    Posture = 4,
}

/// <summary>What happened in the life of a problem.</summary>
public enum ProblemEventKind
{
    Opened = 0,
    Worsened = 1,

    /// <summary>Its cause got another name: what was unknown is known, or the reason behind it was found.</summary>
    Named = 2,

    RepairBegan = 3,
    RepairEnded = 4,

    /// <summary>Something was done about it, and the proof is awaited.</summary>
    Awaited = 5,

    /// <summary>It is there after a repair, or after something was done about it.</summary>
    StillThere = 6,

    Resolved = 7,
    Reopened = 8,

    /// <summary>It comes and goes: it stays open until it has been gone for long enough.</summary>
    Flapping = 9,

    /// <summary>It turned out to be part of another problem, which goes on with it.</summary>
    Merged = 10,

    /// <summary>Somebody knows of it, until a moment.</summary>
    Acknowledged = 11,

    /// <summary>Somebody took the acknowledgement back, its end has come, or the problem became another one than was acknowledged.</summary>
    AcknowledgementEnded = 12,

    /// <summary>Somebody is to look after it.</summary>
    Assigned = 13,

    Unassigned = 14,

    /// <summary>Nothing alerts for it, until a moment.</summary>
    Silenced = 15,

    /// <summary>Somebody ended the silence, or its end has come.</summary>
    SilenceEnded = 16,

    Commented = 17,
    CommentDeleted = 18,
}

/// <summary>One cause, on one server or on several that have it for one reason. Its state is that of its servers.</summary>
public sealed class ProblemEntity
{
    public long Id { get; set; }

    public ProblemKind Kind { get; set; }

    /// <summary>One of the ids of findings.</summary>
    public required string CauseId { get; set; }

    public required string Title { get; set; }

    /// <summary>What its servers have in common, for a person: the upstream server's name, a site, a network. Empty for a server's own.</summary>
    public string Subject { get; set; } = "";

    /// <summary>What its servers have in common, for the rules; empty for a server's own.</summary>
    public string GroupKey { get; set; } = "";

    /// <summary>The upstream server that it comes from, where that is watched.</summary>
    public int? RootServerId { get; set; }

    /// <summary>The problem that goes on with its servers and its life; null where it is its own.</summary>
    public long? MergedInto { get; set; }

    public DateTime CreatedAt { get; set; }
}

/// <summary>A problem on one server. It holds all that its next step needs: a dashboard that was killed goes on from here.</summary>
public sealed class ProblemServerEntity
{
    public long ProblemId { get; set; }

    public int ServerId { get; set; }

    public required string CauseId { get; set; }

    public required string Title { get; set; }

    public Severity Severity { get; set; }

    public ProblemState State { get; set; }

    /// <summary>Since when it is in this state, as this dashboard saw it.</summary>
    public DateTime StateSince { get; set; }

    /// <summary>Since when it is so on the server.</summary>
    public DateTime Since { get; set; }

    /// <summary>When it became a problem here; null while it is suspected.</summary>
    public DateTime? OpenedAt { get; set; }

    /// <summary>Id of the playbook that helps; null where none does.</summary>
    public string? Playbook { get; set; }

    /// <summary>The agent's id of the newest repair that carried it out.</summary>
    public string? RepairId { get; set; }

    public DateTime? ResolvedAt { get; set; }

    /// <summary>The first good reading of those that resolved it.</summary>
    public DateTime? GoneAt { get; set; }

    /// <summary>Seen, or seen again after it was resolved, since; null where that is decided.</summary>
    public DateTime? SuspectedAt { get; set; }

    /// <summary>Not seen since; null while it is seen.</summary>
    public DateTime? GoodSince { get; set; }

    /// <summary>The server's time of the first reading without it.</summary>
    public DateTime? GoodReadAt { get; set; }

    /// <summary>Less severe than stored since.</summary>
    public DateTime? MilderSince { get; set; }

    /// <summary>It comes and goes, and has been gone for long enough to count as gone, were it not for that.</summary>
    public bool IsCalm { get; set; }

    /// <summary>How often it came back after it was resolved.</summary>
    public int ReopeningCount { get; set; }

    /// <summary>When it last came back, the newest last; a column of JSON.</summary>
    public ValueList<DateTime> Reopenings { get; set; } = [];
}

/// <summary>A moment in the life of a problem on one server.</summary>
public sealed class ProblemEventEntity
{
    public long Id { get; set; }

    public long ProblemId { get; set; }

    public int ServerId { get; set; }

    public DateTime At { get; set; }

    public ProblemEventKind Kind { get; set; }

    public required string CauseId { get; set; }

    public required string Title { get; set; }

    public Severity Severity { get; set; }

    /// <summary>The repair's id, the cause's earlier name, the number of the problem that it became part of or of the comment, why an acknowledgement ended; empty where there is nothing to say.</summary>
    public string Detail { get; set; } = "";

    /// <summary>Name of the person who did it, as it was then; empty where nobody did.</summary>
    public string Who { get; set; } = "";

    /// <summary>When what the person did ends; null where it has no end.</summary>
    public DateTime? Until { get; set; }

    /// <summary>The comment, the reason, or who it was assigned to; empty where there is nothing to say.</summary>
    public string Text { get; set; } = "";

    /// <summary>1 until the audit has it; 0 where it has, or need not.</summary>
    public int AuditDue { get; set; }
}
