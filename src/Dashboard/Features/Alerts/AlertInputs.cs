using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>A channel, or what of it is to be changed: what isn't there stays.</summary>
public sealed record AlertChannelInput
{
    /// <summary>What it's sent by; it can't be changed later.</summary>
    public AlertChannelKind? Kind { get; init; }

    /// <summary>1 to 100 characters; each name once.</summary>
    [AtMost(AlertLimits.MaximumNameLength)]
    public string? Name { get; init; }

    /// <summary>False: nothing is sent by it.</summary>
    public bool? IsEnabled { get; init; }

    /// <summary>Mail: the server's name or IP address.</summary>
    [AtMost(AlertLimits.MaximumHostLength)]
    public string? Host { get; init; }

    /// <summary>Mail: TCP port.</summary>
    [Between(1, 65535)]
    public int? Port { get; init; }

    /// <summary>Mail: startTls, tls, or none for a relay in your own network.</summary>
    public MailSecurity? Security { get; init; }

    /// <summary>Mail: the sender's address.</summary>
    [AtMost(AlertLimits.MaximumHostLength)]
    public string? From { get; init; }

    /// <summary>Mail: the recipients' addresses.</summary>
    public IReadOnlyList<string>? To { get; init; }

    /// <summary>Mail and ServiceNow: the account; empty for none.</summary>
    [AtMost(AlertLimits.MaximumHostLength)]
    public string? UserName { get; init; }

    /// <summary>Everything but mail: where it's sent to. Never shown again.</summary>
    [AtMost(AlertLimits.MaximumAddressLength)]
    public string? Address { get; init; }

    /// <summary>Key, token or password; for a webhook the signing secret (whsec_…). Never shown again.</summary>
    [AtMost(AlertLimits.MaximumAddressLength)]
    public string? Key { get; init; }

    /// <summary>True: it may lead to loopback, private and link-local addresses.</summary>
    public bool? AllowsInnerAddresses { get; init; }

    /// <summary>What it doesn't tell: changed, acknowledged, resolved.</summary>
    public IReadOnlyList<AlertEventKind>? Leaves { get; init; }
}

/// <summary>A route, or what of it is to be changed: what isn't there stays. An empty list fits everything.</summary>
public sealed record AlertRouteInput
{
    /// <summary>1 to 100 characters; each name once.</summary>
    [AtMost(AlertLimits.MaximumNameLength)]
    public string? Name { get; init; }

    /// <summary>From 1; the lower one is asked first.</summary>
    [Between(1, 1000)]
    public int? Position { get; init; }

    /// <summary>False: it tells nothing.</summary>
    public bool? IsEnabled { get; init; }

    public IReadOnlyList<string>? Sites { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Ids of causes.</summary>
    public IReadOnlyList<string>? Causes { get; init; }

    public Severity? LeastSeverity { get; init; }

    /// <summary>Days on which it tells something new; empty = always.</summary>
    public IReadOnlyList<DayOfWeek>? HourDays { get; init; }

    /// <summary>On these days from then on, for example 08:00.</summary>
    [AtMost(5)]
    public string? HoursFrom { get; init; }

    /// <summary>Until then, for example 18:00; before hoursFrom it's on the next day.</summary>
    [AtMost(5)]
    public string? HoursTo { get; init; }

    /// <summary>Of the hours, for example Europe/Berlin.</summary>
    [AtMost(AlertLimits.MaximumNameLength)]
    public string? TimeZone { get; init; }

    /// <summary>Ids of the channels that are told.</summary>
    public IReadOnlyList<int>? Channels { get; init; }

    /// <summary>True: where it fits, routes after it aren't asked.</summary>
    public bool? Stops { get; init; }

    /// <summary>Minutes without acknowledgement after which others are told; 0 = never.</summary>
    [Between(0, 7 * 24 * 60)]
    public int? EscalationMinutes { get; init; }

    /// <summary>Ids of the channels that are told then.</summary>
    public IReadOnlyList<int>? EscalationChannels { get; init; }

    /// <summary>Minutes for which messages are collected and sent as one; 0 = each at once.</summary>
    [Between(0, 24 * 60)]
    public int? DigestMinutes { get; init; }
}

/// <summary>A maintenance window, or what of it is to be changed: what isn't there stays.</summary>
public sealed record MaintenanceWindowInput
{
    /// <summary>1 to 100 characters; each name once.</summary>
    [AtMost(AlertLimits.MaximumNameLength)]
    public string? Name { get; init; }

    /// <summary>Empty = all.</summary>
    public IReadOnlyList<string>? Sites { get; init; }

    /// <summary>once, weekly or monthly.</summary>
    public WindowCycle? Cycle { get; init; }

    /// <summary>once: its day. Else the first day on which it may begin.</summary>
    [Calendar]
    public DateOnly? From { get; init; }

    /// <summary>The last day on which it may begin; the last day that can be entered = for ever.</summary>
    [Calendar]
    public DateOnly? Until { get; init; }

    /// <summary>Local time of its begin, for example 22:00.</summary>
    [AtMost(5)]
    public string? At { get; init; }

    /// <summary>How long it lasts.</summary>
    [Between(1, AlertLimits.MaximumWindowMinutes)]
    public int? Minutes { get; init; }

    /// <summary>weekly: its days. monthly: the one day.</summary>
    public IReadOnlyList<DayOfWeek>? Days { get; init; }

    /// <summary>monthly: the first to fifth of that day, or -1 for the last.</summary>
    [Between(-1, 5)]
    public int? Ordinal { get; init; }

    /// <summary>monthly: so many days later. 2 after the second Tuesday is the Thursday after Patch Tuesday.</summary>
    [Between(0, 14)]
    public int? DaysAfter { get; init; }

    /// <summary>For example Europe/Berlin.</summary>
    [AtMost(AlertLimits.MaximumNameLength)]
    public string? TimeZone { get; init; }
}

/// <summary>How much there may be.</summary>
internal static class AlertLimits
{
    public const int MaximumNameLength = 100;
    public const int MaximumHostLength = 254;
    public const int MaximumAddressLength = 2_000;
    public const int MaximumWindowMinutes = 7 * 24 * 60;

    /// <summary>Entries of a list.</summary>
    public const int MaximumEntries = 100;

    /// <summary>Channels, routes, and windows: of each.</summary>
    public const int MaximumRows = 200;
}
