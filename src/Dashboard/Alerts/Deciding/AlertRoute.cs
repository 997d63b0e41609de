using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Alerts.Deciding;

/// <summary>What a route fits and what it does, as it is stored. An empty list fits everything.</summary>
internal sealed record AlertRule
{
    public ValueList<string> Sites { get; init; } = [];

    public ValueList<string> Tags { get; init; } = [];

    /// <summary>Ids of causes.</summary>
    public ValueList<string> Causes { get; init; } = [];

    public Severity LeastSeverity { get; init; } = Severity.Warning;

    /// <summary>When it tells something new; null = always.</summary>
    public AlertHours? Hours { get; init; }

    /// <summary>Ids of the channels it tells.</summary>
    public ValueList<int> Channels { get; init; } = [];

    /// <summary>Routes after it aren't asked where it fits.</summary>
    public bool Stops { get; init; }

    /// <summary>Minutes without an acknowledgement after which others are told; null = they never are.</summary>
    public int? EscalationMinutes { get; init; }

    /// <summary>Ids of the channels that are told then.</summary>
    public ValueList<int> EscalationChannels { get; init; } = [];

    /// <summary>Minutes for which messages are collected and then sent as one; 0 = each is sent at once.</summary>
    public int DigestMinutes { get; init; }
}

/// <summary>Hours of the week.</summary>
/// <param name="Days">On which days; for hours that go past midnight the day on which they begin.</param>
/// <param name="From">Local time.</param>
/// <param name="To">Local time, not included; the same as <paramref name="From"/> is a whole day, an earlier one is on the next day.</param>
/// <param name="TimeZone">Such as Europe/Berlin.</param>
internal sealed record AlertHours(ValueList<DayOfWeek> Days, TimeOnly From, TimeOnly To, string TimeZone)
{
    /// <summary>A time zone that this computer doesn't know fits always: a message too many is better than none.</summary>
    public bool Contain(DateTimeOffset at)
    {
        if (TimeZones.Find(TimeZone) is not { } zone)
        {
            return true;
        }

        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        var (today, time) = (local.DayOfWeek, TimeOnly.FromDateTime(local));
        var yesterday = local.AddDays(-1).DayOfWeek;
        return From < To ? Days.Contains(today) && time >= From && time < To
            : (Days.Contains(today) && time >= From) || (Days.Contains(yesterday) && time < To);
    }
}

/// <summary>Who hears what. Immutable.</summary>
internal sealed record AlertRoute(int Id, string Name, int Position, AlertRule Rule)
{
    public bool Fits(AlertGroup group) =>
        group.Severity >= Rule.LeastSeverity
        && (Rule.Sites.Count == 0 || group.Sites.Any(site => Rule.Sites.Contains(site)))
        && (Rule.Tags.Count == 0 || group.Tags.Any(tag => Rule.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase)))
        && (Rule.Causes.Count == 0 || group.Causes.Any(cause => Rule.Causes.Contains(cause)));

    public bool IsInHours(DateTimeOffset now) => Rule.Hours?.Contain(now) != false;
}
