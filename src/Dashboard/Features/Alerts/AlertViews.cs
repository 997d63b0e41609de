using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>A channel, without its secrets.</summary>
public sealed record AlertChannelView
{
    public required int Id { get; init; }
    public AlertChannelKind Kind { get; init; }
    public required string Name { get; init; }
    public bool IsEnabled { get; init; }
    public string Host { get; init; } = "";
    public int Port { get; init; }
    public MailSecurity Security { get; init; }
    public string From { get; init; } = "";
    public IReadOnlyList<string> To { get; init; } = [];
    public string UserName { get; init; } = "";

    /// <summary>Scheme and host of the address; the rest is a secret.</summary>
    public string AddressHost { get; init; } = "";

    /// <summary>True where a key, token or password is kept.</summary>
    public bool HasKey { get; init; }
    public bool AllowsInnerAddresses { get; init; }
    public IReadOnlyList<AlertEventKind> Leaves { get; init; } = [];

    /// <summary>UTC time since which nothing arrives; null while all is well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>What it last answered where that was no success.</summary>
    public string LastError { get; init; } = "";

    /// <summary>Send it as If-Match to change only what you saw.</summary>
    public required string Revision { get; init; }
}

/// <summary>A route.</summary>
public sealed record AlertRouteView
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public int Position { get; init; }
    public bool IsEnabled { get; init; }
    public IReadOnlyList<string> Sites { get; init; } = [];
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<string> Causes { get; init; } = [];
    public Severity LeastSeverity { get; init; }
    public IReadOnlyList<DayOfWeek> HourDays { get; init; } = [];
    public string HoursFrom { get; init; } = "";
    public string HoursTo { get; init; } = "";
    public string TimeZone { get; init; } = "";
    public IReadOnlyList<int> Channels { get; init; } = [];
    public bool Stops { get; init; }

    /// <summary>0 = never.</summary>
    public int EscalationMinutes { get; init; }
    public IReadOnlyList<int> EscalationChannels { get; init; } = [];
    public int DigestMinutes { get; init; }

    /// <summary>The whole route as sentences.</summary>
    public string Sentence { get; init; } = "";

    /// <summary>Send it as If-Match to change only what you saw.</summary>
    public required string Revision { get; init; }
}

/// <summary>A maintenance window.</summary>
public sealed record MaintenanceWindowView
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public IReadOnlyList<string> Sites { get; init; } = [];
    public WindowCycle Cycle { get; init; }
    public DateOnly From { get; init; }

    /// <summary>Null = for ever.</summary>
    public DateOnly? Until { get; init; }
    public string At { get; init; } = "";
    public int Minutes { get; init; }
    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];
    public int Ordinal { get; init; }
    public int DaysAfter { get; init; }
    public string TimeZone { get; init; } = "";

    /// <summary>The whole window as a sentence.</summary>
    public string Sentence { get; init; } = "";

    /// <summary>True while it's on.</summary>
    public bool IsOn { get; init; }

    /// <summary>UTC; when it begins next, or began where it's on; null where it doesn't within a year.</summary>
    public DateTimeOffset? NextFrom { get; init; }

    /// <summary>UTC; the end of that.</summary>
    public DateTimeOffset? NextTo { get; init; }

    /// <summary>Send it as If-Match to change only what you saw.</summary>
    public required string Revision { get; init; }
}

/// <summary>A message to a channel.</summary>
public sealed record AlertDeliveryView
{
    public required long Id { get; init; }
    public required int ChannelId { get; init; }
    public required string ChannelName { get; init; }
    public AlertEventKind Event { get; init; }

    /// <summary>What it tells, in one line.</summary>
    public required string Headline { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public AlertDeliveryState State { get; init; }
    public int Attempts { get; init; }

    /// <summary>UTC; null where it's over.</summary>
    public DateTimeOffset? NextTryAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string Outcome { get; init; } = "";
}

/// <summary>What came of a test.</summary>
/// <param name="IsSent">The other side took it. For Teams that means only that the flow has started: look whether the card is there.</param>
/// <param name="Answer">What it said.</param>
public sealed record AlertTestResult(bool IsSent, string Answer);

/// <summary>A message that would have been sent.</summary>
/// <param name="At">UTC.</param>
/// <param name="Event">What is told.</param>
/// <param name="Headline">In one line.</param>
/// <param name="Route">Name of the route.</param>
/// <param name="Channels">Names of the channels.</param>
public sealed record AlertPreviewItem(DateTimeOffset At, AlertEventKind Event, string Headline, string Route, IReadOnlyList<string> Channels);
