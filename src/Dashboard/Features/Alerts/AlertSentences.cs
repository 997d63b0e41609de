using System.Globalization;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>Routes and windows as sentences.</summary>
internal static class AlertSentences
{
    /// <summary>"Critical problems in BRN go to Team mail, Monday to Friday 08:00–18:00 (Europe/Berlin). …"</summary>
    /// <param name="rule">What it fits and does.</param>
    /// <param name="nameOf">The name of a channel.</param>
    public static string Of(AlertRule rule, Func<int, string> nameOf)
    {
        var what = rule.LeastSeverity == Severity.Critical ? "Critical problems" : "Problems";
        var causes = rule.Causes.Count > 0 ? $" with {List(rule.Causes, "or")}" : "";
        var sites = rule.Sites.Count > 0 ? $" in {List(rule.Sites, "or")}" : "";
        var tags = rule.Tags.Count > 0 ? $" tagged {List(rule.Tags, "or")}" : "";
        var to = rule.Channels.Count > 0 ? $"go to {List(rule.Channels.Select(nameOf), "and")}" : "go nowhere";
        var hours = rule.Hours is { } known ? $", {Days(known.Days)} {Hours(known)} ({known.TimeZone})" : "";
        var sentence = $"{what}{causes}{sites}{tags} {to}{hours}.";
        if (rule is { EscalationMinutes: { } minutes, EscalationChannels.Count: > 0 })
        {
            sentence += string.Create(CultureInfo.InvariantCulture, $" If nobody acknowledges within {Length(minutes)}, {List(rule.EscalationChannels.Select(nameOf), "and")} {(rule.EscalationChannels.Count == 1 ? "hears" : "hear")} too.");
        }

        sentence += rule.DigestMinutes > 0 ? $" Messages are collected and sent every {Length(rule.DigestMinutes)}." : "";
        return sentence + (rule.Stops ? " Later routes are skipped." : "");
    }

    /// <summary>"BRN, every month on the second Tuesday plus 2 days, 22:00 for 4 h (Europe/Berlin)."</summary>
    public static string Of(WindowRule rule)
    {
        var where = rule.Sites.Count > 0 ? List(rule.Sites, "and") : "All sites";
        var when = rule.Cycle switch
        {
            WindowCycle.Once => $"on {Day(rule.From)}",
            WindowCycle.Weekly => $"every {List(rule.Days.Select(day => day.ToString()), "and")}",
            WindowCycle.Monthly => $"every month on the {Ordinal(rule.Ordinal)} {List(rule.Days.Select(day => day.ToString()), "and")}{(rule.DaysAfter > 0 ? $" plus {Wording.Count(rule.DaysAfter, "day")}" : "")}",
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule.Cycle, null),
        };
        var until = rule is { Cycle: not WindowCycle.Once, Until: { } last } ? $", until {Day(last)}" : "";
        return $"{where}, {when}, {Time(rule.At)} for {Length(rule.Minutes)} ({rule.TimeZone}){until}.";
    }

    public static string Kind(AlertChannelKind kind) => kind switch
    {
        AlertChannelKind.Mail => "Mail",
        AlertChannelKind.Teams => "Microsoft Teams",
        AlertChannelKind.Webhook => "Webhook",
        AlertChannelKind.Alertmanager => "Alertmanager",
        AlertChannelKind.ServiceNow => "ServiceNow",
        AlertChannelKind.JiraServiceManagement => "Jira Service Management",
        AlertChannelKind.PagerDuty => "PagerDuty",
        AlertChannelKind.Slack => "Slack",
        AlertChannelKind.Ntfy => "ntfy",
        AlertChannelKind.Apprise => "Apprise",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string State(AlertDeliveryState state) => state switch
    {
        AlertDeliveryState.Waiting => "waiting",
        AlertDeliveryState.Sent => "sent",
        AlertDeliveryState.GivenUp => "given up",
        AlertDeliveryState.LeftOut => "left out",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Time(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string Hours(AlertHours hours) => hours.From == hours.To ? "all day" : $"{Time(hours.From)}–{Time(hours.To)}";

    private static string Days(ValueList<DayOfWeek> days) => days.Count == 7 ? "every day" : List(days.OrderBy(day => ((int)day + 6) % 7).Select(day => day.ToString()), "and");

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Ordinal(int ordinal) => ordinal switch
    {
        1 => "first",
        2 => "second",
        3 => "third",
        4 => "fourth",
        5 => "fifth",
        _ => "last",
    };

    private static string Length(int minutes) => minutes % (24 * 60) == 0 ? Wording.Count(minutes / (24 * 60), "day")
        : minutes % 60 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes / 60} h")
        : minutes < 60 ? string.Create(CultureInfo.InvariantCulture, $"{minutes} min")
        : string.Create(CultureInfo.InvariantCulture, $"{minutes / 60} h {minutes % 60} min");

    private static string List(IEnumerable<string> items, string word)
    {
        var names = items.Select(name => name.Length == 0 ? "(no site)" : name).ToList();
        return names.Count <= 1 ? names.FirstOrDefault("") : $"{string.Join(", ", names.Take(names.Count - 1))} {word} {names[^1]}";
    }
}
