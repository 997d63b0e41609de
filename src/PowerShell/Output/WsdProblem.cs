using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Output;

/// <summary>A problem, with the servers you can see.</summary>
public sealed class WsdProblem
{
    /// <summary>Its number.</summary>
    public long ProblemId { get; internal init; }

    /// <summary>What its servers have in common: server, upstream, outage, segment or posture.</summary>
    public string Kind { get; internal init; } = "";

    /// <summary>Id of the cause.</summary>
    public string CauseId { get; internal init; } = "";

    /// <summary>The cause in a few words.</summary>
    public string Title { get; internal init; } = "";

    /// <summary>What its servers have in common, in words.</summary>
    public string Subject { get; internal init; } = "";

    /// <summary>open, beingRepaired, unproven or resolved.</summary>
    public string State { get; internal init; } = "";

    /// <summary>information, warning or critical.</summary>
    public string Severity { get; internal init; } = "";

    /// <summary>Since when.</summary>
    public DateTimeOffset? Since { get; internal init; }

    /// <summary>When it became a problem here.</summary>
    public DateTimeOffset? OpenedAt { get; internal init; }

    /// <summary>When it was resolved.</summary>
    public DateTimeOffset? ResolvedAt { get; internal init; }

    /// <summary>Whether it comes and goes.</summary>
    public bool IsFlapping { get; internal init; }

    /// <summary>How often it came back.</summary>
    public int Reopenings { get; internal init; }

    /// <summary>How many servers have or had it.</summary>
    public int ServerCount { get; internal init; }

    /// <summary>The servers; at most 20 if several problems are listed.</summary>
    public WsdProblemServer[] Servers { get; internal init; } = [];

    /// <summary>Who acknowledged it.</summary>
    public string AcknowledgedBy { get; internal init; } = "";

    /// <summary>Until when.</summary>
    public DateTimeOffset? AcknowledgedUntil { get; internal init; }

    /// <summary>Their comment.</summary>
    public string AcknowledgementComment { get; internal init; } = "";

    /// <summary>Whether it is acknowledged in some of your sites, but not in all.</summary>
    public bool IsPartlyAcknowledged { get; internal init; }

    /// <summary>Who it is assigned to.</summary>
    public string[] AssignedTo { get; internal init; } = [];

    /// <summary>Who silenced it.</summary>
    public string SilencedBy { get; internal init; } = "";

    /// <summary>Until when.</summary>
    public DateTimeOffset? SilencedUntil { get; internal init; }

    /// <summary>Why.</summary>
    public string SilenceReason { get; internal init; } = "";

    /// <summary>Changes with each decision; lets a change replace only what you saw.</summary>
    public string Revision { get; internal init; } = "";

    /// <summary>What a list shows.</summary>
    public override string ToString() => $"{ProblemId}: {Title}";

    internal static WsdProblem From(JsonValue json) => new()
    {
        ProblemId = json["id"].Number ?? 0,
        Kind = json["kind"].Text,
        CauseId = json["causeId"].Text,
        Title = json["title"].Text,
        Subject = json["subject"].Text,
        State = json["state"].Text,
        Severity = json["severity"].Text,
        Since = json["since"].Time,
        OpenedAt = json["openedAt"].Time,
        ResolvedAt = json["resolvedAt"].Time,
        IsFlapping = json["isFlapping"].IsTrue,
        Reopenings = json["reopenings"].Count,
        ServerCount = json["serverCount"].Count,
        Servers = json["servers"].Select(WsdProblemServer.From),
        AcknowledgedBy = json["acknowledgement"]["by"].Text,
        AcknowledgedUntil = json["acknowledgement"]["until"].Time,
        AcknowledgementComment = json["acknowledgement"]["comment"].Text,
        IsPartlyAcknowledged = json["isPartlyAcknowledged"].IsTrue,
        AssignedTo = json["assignments"].Select(assignment => assignment["name"].Text),
        SilencedBy = json["silence"]["by"].Text,
        SilencedUntil = json["silence"]["until"].Time,
        SilenceReason = json["silence"]["reason"].Text,
        Revision = json["revision"].Text,
    };
}

/// <summary>A problem on one server.</summary>
public sealed class WsdProblemServer
{
    /// <summary>The server.</summary>
    public int ServerId { get; internal init; }

    /// <summary>Its name.</summary>
    public string ServerName { get; internal init; } = "";

    /// <summary>Its site.</summary>
    public string Site { get; internal init; } = "";

    /// <summary>Id of the cause on this server.</summary>
    public string CauseId { get; internal init; } = "";

    /// <summary>That cause in a few words.</summary>
    public string Title { get; internal init; } = "";

    /// <summary>How far it is there.</summary>
    public string State { get; internal init; } = "";

    /// <summary>How much it matters there.</summary>
    public string Severity { get; internal init; } = "";

    /// <summary>Since when.</summary>
    public DateTimeOffset? Since { get; internal init; }

    /// <summary>When it was resolved there.</summary>
    public DateTimeOffset? ResolvedAt { get; internal init; }

    /// <summary>The last repair against it.</summary>
    public string RepairId { get; internal init; } = "";

    /// <summary>What a list shows.</summary>
    public override string ToString() => ServerName;

    internal static WsdProblemServer From(JsonValue json) => new()
    {
        ServerId = json["serverId"].Count,
        ServerName = json["serverName"].Text,
        Site = json["site"].Text,
        CauseId = json["causeId"].Text,
        Title = json["title"].Text,
        State = json["state"].Text,
        Severity = json["severity"].Text,
        Since = json["since"].Time,
        ResolvedAt = json["resolvedAt"].Time,
        RepairId = json["repairId"].Text,
    };
}
