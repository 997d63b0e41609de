using System.Globalization;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>A line about an alert.</summary>
/// <param name="Label">What it tells.</param>
/// <param name="Value">Plain text: each channel escapes it as it needs.</param>
internal sealed record AlertFact(string Label, string Value);

/// <summary>The sentences of alerts, the same for every channel; plain text.</summary>
internal static class AlertText
{
    public const string Product = "WsusDashboard";

    /// <summary>What the link leads to that works without signing in.</summary>
    public const string Action = "Acknowledge or silence for an hour";

    /// <summary>The same for all messages about one alert, so that mail programs keep them together.</summary>
    public static string Subject(AlertMessage message) => $"{message.Subject}: {message.Title}";

    /// <summary>What happened, in one line.</summary>
    public static string Headline(AlertMessage message) => message.Reason switch
    {
        AlertReason.New => $"{Word(message.Severity)}: {Subject(message)}",
        AlertReason.Worse => $"Now {Word(message.Severity).ToLowerInvariant()}: {Subject(message)}",
        AlertReason.MoreServers => $"More servers: {Subject(message)}",
        AlertReason.Reminder => $"Still open: {Subject(message)}",
        AlertReason.Escalation => $"Not acknowledged: {Subject(message)}",
        AlertReason.Acknowledged => message.By.Length > 0 ? $"Acknowledged by {message.By}: {Subject(message)}" : $"Acknowledged: {Subject(message)}",
        AlertReason.Resolved => $"Resolved: {Subject(message)}",
        AlertReason.NamedOtherwise => $"Closed, another cause was found: {Subject(message)}",
        AlertReason.Test => $"Test: {Subject(message)}",
        AlertReason.ChannelFails => $"{Word(message.Severity)}: {Subject(message)}",
        _ => throw new ArgumentOutOfRangeException(nameof(message), message.Reason, null),
    };

    /// <summary>One line for several messages that are sent as one.</summary>
    public static string DigestHeadline(IReadOnlyList<AlertMessage> messages) => string.Create(CultureInfo.InvariantCulture, $"{messages.Count} messages from {Product}");

    public static string Word(Severity severity) => severity switch
    {
        Severity.Critical => "Critical",
        Severity.Warning => "Warning",
        Severity.Information => "Information",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, null),
    };

    public static string Word(AlertEventKind kind) => kind switch
    {
        AlertEventKind.Opened => "opened",
        AlertEventKind.Changed => "changed",
        AlertEventKind.Acknowledged => "acknowledged",
        AlertEventKind.Resolved => "resolved",
        AlertEventKind.Test => "test",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>What else is known; only what there is.</summary>
    public static IReadOnlyList<AlertFact> Facts(AlertMessage message)
    {
        List<AlertFact> facts = [new("Since", Time(message.Since))];
        if (message.Event == AlertEventKind.Resolved)
        {
            facts.Add(new("Resolved", $"{Time(message.At)}, after {Length(message.At - message.Since)}"));
        }

        if (message.Sites.Any(site => site.Length > 0))
        {
            facts.Add(new(message.Sites.Count == 1 ? "Site" : "Sites", string.Join(", ", message.Sites.Where(site => site.Length > 0))));
        }

        if (message.ServerCount > 1)
        {
            var more = message.ServerCount - message.Servers.Count;
            facts.Add(new("Servers", string.Join(", ", message.Servers) + (more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more} more") : "")));
        }

        if (message.Explanation.Length > 0)
        {
            facts.Add(new("What it means", message.Explanation));
        }

        if (message.Fix.Length > 0)
        {
            facts.Add(new("What helps", message.Fix));
        }

        if (message.IsFlapping)
        {
            facts.Add(new("Note", "It comes and goes. It stays open until it has been gone for long enough."));
        }

        return facts;
    }

    /// <summary>All of it as plain text.</summary>
    public static string Plain(AlertMessage message) =>
        string.Join('\n', [Headline(message), .. Facts(message).Select(fact => $"{fact.Label}: {fact.Value}"), .. new[] { message.Link, message.ActionLink.Length > 0 ? $"{Action}: {message.ActionLink}" : "" }.Where(link => link.Length > 0)]);

    /// <summary>At most so many characters; one that is cut ends with a sign that says so.</summary>
    public static string Cut(string text, int maximumLength) => text.Length <= maximumLength ? text : text[..(char.IsHighSurrogate(text[maximumLength - 2]) ? maximumLength - 2 : maximumLength - 1)] + "…";

    private static string Length(TimeSpan length) =>
        length.TotalHours < 1 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (int)length.TotalMinutes)} min")
        : length.TotalDays < 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalHours} h {length.Minutes} min")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalDays} d {length.Hours} h");
}
