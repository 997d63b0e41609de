using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>What an alert is sent by.</summary>
public enum AlertChannelKind
{
    /// <summary>SMTP.</summary>
    Mail = 0,

    /// <summary>Microsoft Teams: an Adaptive Card to a webhook of Workflows.</summary>
    Teams = 1,

    /// <summary>JSON to an address, signed as Standard Webhooks says.</summary>
    Webhook = 2,

    /// <summary>Prometheus Alertmanager, API v2.</summary>
    Alertmanager = 3,

    /// <summary>ServiceNow Event Management.</summary>
    ServiceNow = 4,

    /// <summary>Alerts of Jira Service Management.</summary>
    JiraServiceManagement = 5,

    /// <summary>PagerDuty Events API v2.</summary>
    PagerDuty = 6,

    /// <summary>An incoming webhook of Slack.</summary>
    Slack = 7,

    /// <summary>A topic of ntfy.</summary>
    Ntfy = 8,

    /// <summary>Apprise API, with a key that it keeps.</summary>
    Apprise = 9,
}

/// <summary>What is told.</summary>
public enum AlertEventKind
{
    Opened = 0,

    /// <summary>It got worse, more servers have it, or it's still there.</summary>
    Changed = 1,

    /// <summary>Somebody knows of it.</summary>
    Acknowledged = 2,

    Resolved = 3,

    /// <summary>Somebody tries the channel.</summary>
    Test = 4,
}

/// <summary>How far an alert is.</summary>
public enum AlertState
{
    /// <summary>What else comes is collected first.</summary>
    Waiting = 0,

    Told = 1,

    /// <summary>It's gone; nothing more is told.</summary>
    Ended = 2,
}

/// <summary>How far a message to a channel is.</summary>
public enum AlertDeliveryState
{
    Waiting = 0,

    Sent = 1,

    /// <summary>It was refused, or couldn't be sent for a day.</summary>
    GivenUp = 2,

    /// <summary>The channel is off, or leaves such messages out.</summary>
    LeftOut = 3,
}

/// <summary>A way by which alerts reach people.</summary>
public sealed class AlertChannelEntity
{
    public int Id { get; set; }

    public AlertChannelKind Kind { get; set; }

    /// <summary>1 to 100 characters; each name once.</summary>
    public required string Name { get; set; }

    public bool IsEnabled { get; set; }

    /// <summary>Its settings without secrets, as JSON.</summary>
    public string Settings { get; set; } = "{}";

    /// <summary>Its address and key, sealed with the dashboard's key; empty where it has none.</summary>
    public byte[] SealedSecret { get; set; } = [];

    /// <summary>Since when nothing could be sent; null where the last message was.</summary>
    public DateTime? FailingSince { get; set; }

    /// <summary>When other channels were told that this one fails; null where they weren't.</summary>
    public DateTime? FailureToldAt { get; set; }

    /// <summary>What it last answered where that was no success.</summary>
    public string LastError { get; set; } = "";

    /// <summary>Another number after each change by a person.</summary>
    public long Revision { get; set; }
}

/// <summary>Who hears what.</summary>
public sealed class AlertRouteEntity
{
    public int Id { get; set; }

    /// <summary>1 to 100 characters; each name once.</summary>
    public required string Name { get; set; }

    /// <summary>From 1; the first that fits comes first.</summary>
    public int Position { get; set; }

    public bool IsEnabled { get; set; }

    /// <summary>What it fits and what it does, as JSON.</summary>
    public string Rule { get; set; } = "{}";

    /// <summary>Another number after each change by a person.</summary>
    public long Revision { get; set; }
}

/// <summary>Times in which nothing alerts.</summary>
public sealed class MaintenanceWindowEntity
{
    public int Id { get; set; }

    /// <summary>1 to 100 characters; each name once.</summary>
    public required string Name { get; set; }

    /// <summary>When and where, as JSON.</summary>
    public string Rule { get; set; } = "{}";

    /// <summary>Another number after each change by a person.</summary>
    public long Revision { get; set; }
}

/// <summary>What a route tells of one group of problems, from its first message to its last. It holds all that the next decision needs.</summary>
public sealed class AlertEntity
{
    public long Id { get; set; }

    public int RouteId { get; set; }

    /// <summary>What its problems have in common; at most 300 characters.</summary>
    public required string GroupKey { get; set; }

    /// <summary>What receivers know it by: 32 hexadecimal digits, the same in each occurrence.</summary>
    public required string Key { get; set; }

    /// <summary>From 1; one more each time that the group comes back.</summary>
    public int Occurrence { get; set; }

    public AlertState State { get; set; }

    public required string CauseId { get; set; }

    public required string Title { get; set; }

    /// <summary>What it's about, for a person.</summary>
    public string Subject { get; set; } = "";

    /// <summary>The worst that was told.</summary>
    public Severity Severity { get; set; }

    /// <summary>When it was found, before others were waited for.</summary>
    public DateTime OpenedAt { get; set; }

    /// <summary>Since when nobody has acknowledged it, as far as it was told; null before.</summary>
    public DateTime? UnansweredSince { get; set; }

    /// <summary>When the last message was decided.</summary>
    public DateTime? ToldAt { get; set; }

    /// <summary>When the newest of its servers that were told got it.</summary>
    public DateTime? NewestTold { get; set; }

    public DateTime? EscalatedAt { get; set; }

    public DateTime? EndedAt { get; set; }

    public bool IsAcknowledged { get; set; }

    /// <summary>Messages so far.</summary>
    public int EventCount { get; set; }

    /// <summary>Channels that heard of it; a column of JSON.</summary>
    public ValueList<int> Channels { get; set; } = [];

    /// <summary>Its problems, at most 50; a column of JSON.</summary>
    public ValueList<long> ProblemIds { get; set; } = [];
}

/// <summary>A message to a channel: it is there once, however often it's decided or sent.</summary>
public sealed class AlertDeliveryEntity
{
    public long Id { get; set; }

    public int ChannelId { get; set; }

    /// <summary>The same for all messages about one group of problems: 32 hexadecimal digits.</summary>
    public required string AlertKey { get; set; }

    public int Occurrence { get; set; }

    /// <summary>From 1 in each occurrence.</summary>
    public int EventNumber { get; set; }

    public AlertEventKind Event { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>Messages with the same digest are sent as one; empty where it is sent alone.</summary>
    public string Digest { get; set; } = "";

    public AlertDeliveryState State { get; set; }

    public int Attempts { get; set; }

    /// <summary>Not before this.</summary>
    public DateTime NextTryAt { get; set; }

    public DateTime? EndedAt { get; set; }

    /// <summary>What came of it, for a person; without secrets; at most 500 characters.</summary>
    public string Outcome { get; set; } = "";

    /// <summary>What is told, as JSON.</summary>
    public string Message { get; set; } = "{}";
}

/// <summary>A link in a message that was used: it works once.</summary>
public sealed class UsedAlertLinkEntity
{
    /// <summary>Hash of the link's code, in hexadecimal digits.</summary>
    public required string Id { get; set; }

    /// <summary>When it would have ended by itself: then this row isn't needed any more.</summary>
    public DateTime ExpiresAt { get; set; }
}
