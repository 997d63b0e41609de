using System.Text.Json.Serialization;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Alerts.Deciding;

/// <summary>What a route tells of one group of problems, from its first message to its last: what a row keeps. Immutable.</summary>
internal sealed record Alert
{
    public const int KeptProblems = 50;

    public required int RouteId { get; init; }

    public required string GroupKey { get; init; }

    public required int Occurrence { get; init; }

    public AlertState State { get; init; }

    public required string CauseId { get; init; }

    public required string Title { get; init; }

    public string Subject { get; init; } = "";

    public Severity Severity { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public DateTimeOffset? UnansweredSince { get; init; }

    public DateTimeOffset? ToldAt { get; init; }

    public DateTimeOffset? NewestTold { get; init; }

    public DateTimeOffset? EscalatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public bool IsAcknowledged { get; init; }

    public int EventCount { get; init; }

    public ValueList<int> Channels { get; init; } = [];

    public ValueList<long> ProblemIds { get; init; } = [];

    public bool IsOpen => State is not AlertState.Ended;
}

/// <summary>Why something is told.</summary>
public enum AlertReason
{
    New = 0,

    /// <summary>It's more severe than was told.</summary>
    Worse = 1,

    /// <summary>More servers have it.</summary>
    MoreServers = 2,

    /// <summary>Nobody acknowledged it for so long that it's told again.</summary>
    Reminder = 3,

    /// <summary>Nobody acknowledged it: others are told.</summary>
    Escalation = 4,

    Acknowledged = 5,

    Resolved = 6,

    /// <summary>Its cause was found to be another one, which is told under its own name.</summary>
    NamedOtherwise = 7,

    /// <summary>Somebody tries the channel.</summary>
    Test = 8,

    /// <summary>Another channel has failed for an hour.</summary>
    ChannelFails = 9,
}

/// <summary>What is told, whatever it is told by. Immutable.</summary>
internal sealed record AlertMessage
{
    public const int ListedServers = 20;

    /// <summary>The same for all messages about one group of problems; empty until it is stored.</summary>
    public string Key { get; init; } = "";

    public int Occurrence { get; init; } = 1;

    /// <summary>From 1 in each occurrence.</summary>
    public int Number { get; init; } = 1;

    public required AlertEventKind Event { get; init; }

    public required AlertReason Reason { get; init; }

    public required Severity Severity { get; init; }

    public string CauseId { get; init; } = "";

    /// <summary>The cause in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>A server, a number of servers, or what they have in common.</summary>
    public required string Subject { get; init; }

    public ValueList<string> Sites { get; init; } = [];

    /// <summary>Names, at most <see cref="ListedServers"/>.</summary>
    public ValueList<string> Servers { get; init; } = [];

    public int ServerCount { get; init; }

    /// <summary>At most <see cref="Alert.KeptProblems"/>.</summary>
    public ValueList<long> ProblemIds { get; init; } = [];

    /// <summary>UTC; since when it is so.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>UTC; when this was decided.</summary>
    public required DateTimeOffset At { get; init; }

    public bool IsFlapping { get; init; }

    /// <summary>Who acknowledged it; empty where nobody did.</summary>
    public string By { get; init; } = "";

    /// <summary>What it means; may be empty.</summary>
    public string Explanation { get; init; } = "";

    /// <summary>What fixes it; may be empty.</summary>
    public string Fix { get; init; } = "";

    /// <summary>The page that shows it.</summary>
    public string Link { get; init; } = "";

    /// <summary>The page where it's acknowledged without signing in; made for each try, and never stored: whoever has it may use it.</summary>
    [JsonIgnore]
    public string ActionLink { get; init; } = "";
}

/// <summary>A message, and who gets it.</summary>
/// <param name="Alert">What it is about, as it is after the message.</param>
/// <param name="Message">What is told.</param>
/// <param name="Channels">Ids.</param>
/// <param name="DigestMinutes">0 where it is sent alone.</param>
internal sealed record AlertOrder(Alert Alert, AlertMessage Message, IReadOnlyList<int> Channels, int DigestMinutes);

/// <summary>What was decided at one moment.</summary>
/// <param name="Changed">Alerts that are another way now.</param>
/// <param name="Orders">What is to be sent.</param>
/// <param name="Alerts">What the next decision is made from, once this one is stored.</param>
internal sealed record AlertDecision(IReadOnlyList<Alert> Changed, IReadOnlyList<AlertOrder> Orders, LatestAlerts Alerts);
