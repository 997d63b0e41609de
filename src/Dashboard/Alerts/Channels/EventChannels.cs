using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>PagerDuty Events API v2: what has the same key is one incident there.</summary>
internal sealed class PagerDutyChannel(AlertHttp http) : HttpAlertChannel(http)
{
    private const int KeyLength = 32;
    private const int MaximumSummaryLength = 1024;

    public override AlertChannelKind Kind => AlertChannelKind.PagerDuty;

    public override IEnumerable<FieldError> Check(AlertChannel channel) =>
        channel.Secrets.Key.Length == KeyLength && channel.Secrets.Key.All(char.IsAsciiLetterOrDigit) ? base.Check(channel) : base.Check(channel).Append(new("key", $"The key isn't an integration key. Allowed: {KeyLength} letters and digits."));

    protected override IEnumerable<HttpRequestMessage> Build(AlertChannel channel, IReadOnlyList<AlertMessage> messages) => messages.Select(message => Post(channel.Secrets.Address, new
    {
        routing_key = channel.Secrets.Key,
        event_action = message.Event switch
        {
            AlertEventKind.Acknowledged => "acknowledge",
            AlertEventKind.Resolved => "resolve",
            _ => "trigger",
        },
        dedup_key = message.Key,
        client = AlertText.Product,
        client_url = message.Link.Length > 0 ? message.Link : null,
        payload = message.Event is AlertEventKind.Acknowledged or AlertEventKind.Resolved ? null : new
        {
            summary = AlertText.Cut(AlertText.Headline(message), MaximumSummaryLength),
            source = message.Subject,
            severity = Word(message.Severity),
            timestamp = message.At.UtcDateTime,
            component = "WSUS",
            group = string.Join(", ", message.Sites),
            @class = message.CauseId,
            custom_details = AlertText.Facts(message).ToDictionary(fact => fact.Label, fact => fact.Value),
        },
    }));

    private static string Word(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Warning => "warning",
        _ => "info",
    };
}

/// <summary>Alerts of Jira Service Management: the alias makes them one, and is what they are closed by.</summary>
internal sealed class JiraServiceManagementChannel(AlertHttp http) : HttpAlertChannel(http)
{
    private const int MaximumMessageLength = 130;

    public override AlertChannelKind Kind => AlertChannelKind.JiraServiceManagement;

    public override IEnumerable<FieldError> Check(AlertChannel channel) => channel.Secrets.Key.Length > 0 ? base.Check(channel) : base.Check(channel).Append(new("key", "The key is missing. Allowed: the API key of an integration."));

    protected override IEnumerable<HttpRequestMessage> Build(AlertChannel channel, IReadOnlyList<AlertMessage> messages) => messages.Select(message =>
    {
        var alerts = Below(channel.Secrets.Address, "alerts");
        var request = message.Event switch
        {
            AlertEventKind.Acknowledged => Post($"{alerts}/{message.Key}/acknowledge?identifierType=alias", new { note = AlertText.Headline(message), source = AlertText.Product }),
            AlertEventKind.Resolved => Post($"{alerts}/{message.Key}/close?identifierType=alias", new { note = AlertText.Headline(message), source = AlertText.Product }),
            _ => Post(alerts, new
            {
                message = AlertText.Cut(AlertText.Headline(message), MaximumMessageLength),
                alias = message.Key,
                description = AlertText.Plain(message),
                source = AlertText.Product,
                priority = message.Severity == Severity.Critical ? "P1" : message.Severity == Severity.Warning ? "P3" : "P5",
                details = new Dictionary<string, string> { ["cause"] = message.CauseId, ["link"] = message.Link },
            }),
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"GenieKey {channel.Secrets.Key}");
        return request;
    });
}

/// <summary>ServiceNow Event Management: events with the same key are one alert, and severity 0 closes it.</summary>
internal sealed class ServiceNowChannel(AlertHttp http) : HttpAlertChannel(http)
{
    public override AlertChannelKind Kind => AlertChannelKind.ServiceNow;

    public override IEnumerable<FieldError> Check(AlertChannel channel) =>
        channel.Settings.UserName.Length > 0 && channel.Secrets.Key.Length > 0 ? base.Check(channel) : base.Check(channel).Append(new("userName", "The user name or password is missing. Allowed: an account with the role evt_mgmt_integration."));

    protected override IEnumerable<HttpRequestMessage> Build(AlertChannel channel, IReadOnlyList<AlertMessage> messages)
    {
        var request = Post(Below(channel.Secrets.Address, "api/global/em/jsonv2"), new { records = messages.Select(RecordOf).ToArray() });
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{channel.Settings.UserName}:{channel.Secrets.Key}")));
        return [request];
    }

    private static object RecordOf(AlertMessage message) => new
    {
        source = AlertText.Product,
        event_class = AlertText.Product,
        node = message.Servers.Count == 1 ? message.Servers[0] : message.Subject,
        resource = "WSUS",
        metric_name = message.CauseId,
        type = message.CauseId,
        message_key = message.Key,
        severity = message.Event == AlertEventKind.Resolved ? "0" : message.Severity == Severity.Critical ? "1" : message.Severity == Severity.Warning ? "4" : "5",
        resolution_state = message.Event == AlertEventKind.Resolved ? "Closing" : "New",
        description = AlertText.Plain(message),
        time_of_event = message.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),

        // A text that holds JSON, as the interface wants it.
        additional_info = System.Text.Json.JsonSerializer.Serialize(new { link = message.Link, occurrence = message.Occurrence.ToString(CultureInfo.InvariantCulture), acknowledgedBy = message.By }),
    };
}
