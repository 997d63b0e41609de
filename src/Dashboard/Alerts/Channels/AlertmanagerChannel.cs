using System.Net.Http.Headers;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>
/// Prometheus Alertmanager, API v2. An alert is known there by its labels, so nothing that changes is among them; it ends where nobody repeats it, so what is
/// open is given an end far away, which the repeated and the last message move.
/// </summary>
internal sealed class AlertmanagerChannel(AlertHttp http) : HttpAlertChannel(http)
{
    private readonly AlertHttp _http = http;

    /// <summary>The alert that always fires ends after so long without another one.</summary>
    private static readonly TimeSpan WatchdogLifetime = TimeSpan.FromMinutes(4);

    /// <summary>Longer than the longest time after which something is told again.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(49);

    public override AlertChannelKind Kind => AlertChannelKind.Alertmanager;

    /// <summary>Says that the dashboard works: where it isn't said again, the alert ends, and whoever waits for it hears of that.</summary>
    public async Task<SendResult> WatchAsync(AlertChannel channel, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (Check(channel).FirstOrDefault() is { } error)
        {
            return SendResult.Refused(error.Message);
        }

        using var request = PostAlerts(channel, [new
        {
            labels = new Dictionary<string, string> { ["alertname"] = "Watchdog", ["service"] = "wsus", ["severity"] = "none" },
            annotations = new Dictionary<string, string> { ["summary"] = "WsusDashboard works. This alert always fires." },
            endsAt = (now + WatchdogLifetime).UtcDateTime,
        }]);
        return await _http.SendAsync(channel, request, cancellationToken);
    }

    protected override IEnumerable<HttpRequestMessage> Build(AlertChannel channel, IReadOnlyList<AlertMessage> messages) => [PostAlerts(channel, [.. messages.Select(AlertOf)])];

    private static HttpRequestMessage PostAlerts(AlertChannel channel, object[] alerts)
    {
        var request = Post(Below(channel.Secrets.Address, "api/v2/alerts"), alerts);
        if (channel.Secrets.Key.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", channel.Secrets.Key);
        }

        return request;
    }

    private static object AlertOf(AlertMessage message) => new
    {
        labels = new Dictionary<string, string>
        {
            ["alertname"] = message.CauseId.Length > 0 ? message.CauseId : "wsusdashboard-test",
            ["wsusdashboard_key"] = message.Key,
            ["service"] = "wsus",
        },
        annotations = new Dictionary<string, string>
        {
            ["summary"] = AlertText.Headline(message),
            ["description"] = AlertText.Plain(message),
            ["severity"] = AlertText.Word(message.Severity).ToLowerInvariant(),
        },
        startsAt = message.Since.UtcDateTime,
        endsAt = (message.Event is AlertEventKind.Resolved or AlertEventKind.Test ? message.At : message.At + Lifetime).UtcDateTime,
        generatorURL = message.Link.Length > 0 ? message.Link : null,
    };
}
