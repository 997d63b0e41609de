using System.Net.Http.Headers;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>An incoming webhook of Slack.</summary>
internal sealed class SlackChannel(AlertHttp http) : HttpAlertChannel(http)
{
    /// <summary>A section holds 3,000 characters; a message far more than a few of them is refused as a whole.</summary>
    private const int MaximumSectionLength = 2_900;

    private const int MostMessages = 4;

    public override AlertChannelKind Kind => AlertChannelKind.Slack;

    protected override IEnumerable<HttpRequestMessage> Build(AlertChannel channel, IReadOnlyList<AlertMessage> messages)
    {
        List<string> sections = messages is [var only]
            ? [AlertText.Plain(only with { Link = "" })]
            : [AlertText.DigestHeadline(messages), .. messages.Select(AlertText.Headline).Chunk(10).Take(MostMessages).Select(lines => string.Join('\n', lines))];
        var link = messages[^1].Link;
        if (link.Length > 0)
        {
            sections.Add(link);
        }

        return
        [
            Post(channel.Secrets.Address, new
            {
                text = Escape(messages is [var one] ? AlertText.Headline(one) : AlertText.DigestHeadline(messages)),
                blocks = sections.Select(text => new { type = "section", text = new { type = "plain_text", text = AlertText.Cut(text, MaximumSectionLength) } }).ToArray(),
            }),
        ];
    }

    /// <summary>The text of the notification is markup; that of the blocks is plain.</summary>
    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}

/// <summary>A topic of ntfy: the last part of the address. Sent as JSON, because headers hold ASCII alone.</summary>
internal sealed class NtfyChannel(AlertHttp http) : HttpAlertChannel(http)
{
    /// <summary>What is longer than 4,096 bytes becomes an attachment; a character may be four of them.</summary>
    private const int MaximumTextLength = 1_000;

    public override AlertChannelKind Kind => AlertChannelKind.Ntfy;

    public override IEnumerable<FieldError> Check(AlertChannel channel) =>
        base.Check(channel).ToList() is { Count: > 0 } errors ? errors
        : TopicOf(channel.Secrets.Address).Length is >= 1 and <= 64 ? []
        : [new("address", "The address has no topic. Allowed: https://…/topic, with a topic of at most 64 characters.")];

    protected override IEnumerable<HttpRequestMessage> Build(AlertChannel channel, IReadOnlyList<AlertMessage> messages)
    {
        var last = messages[^1];
        var request = Post(new Uri(channel.Secrets.Address).GetLeftPart(UriPartial.Authority), new
        {
            topic = TopicOf(channel.Secrets.Address),
            title = AlertText.Cut(messages.Count == 1 ? AlertText.Headline(last) : AlertText.DigestHeadline(messages), 250),
            message = AlertText.Cut(messages.Count == 1 ? AlertText.Plain(last with { Link = "", ActionLink = "" }) : string.Join('\n', messages.Select(AlertText.Headline)), MaximumTextLength),
            priority = messages.Max(PriorityOf),
            tags = new[] { last.Event == AlertEventKind.Resolved ? "white_check_mark" : "warning" },
            click = last.Link.Length > 0 ? last.Link : null,
            actions = messages.Count == 1 && last.ActionLink.Length > 0 ? new[] { new { action = "view", label = AlertText.Action, url = last.ActionLink } } : null,
        });
        if (channel.Secrets.Key.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", channel.Secrets.Key);
        }

        return [request];
    }

    private static int PriorityOf(AlertMessage message) => message.Event is AlertEventKind.Resolved or AlertEventKind.Acknowledged or AlertEventKind.Test ? 2 : message.Severity == Severity.Critical ? 5 : 3;

    private static string TopicOf(string address) => new Uri(address).AbsolutePath.Trim('/');
}

/// <summary>Apprise API: the address ends in /notify/ and a key under which it keeps where to send to. An answer that says that some got it isn't repeated: they'd get it twice.</summary>
internal sealed class AppriseChannel(AlertHttp http) : HttpAlertChannel(http)
{
    public override AlertChannelKind Kind => AlertChannelKind.Apprise;

    protected override IEnumerable<HttpRequestMessage> Build(AlertChannel channel, IReadOnlyList<AlertMessage> messages)
    {
        var last = messages[^1];
        return
        [
            Post(channel.Secrets.Address, new
            {
                title = messages.Count == 1 ? AlertText.Headline(last) : AlertText.DigestHeadline(messages),
                body = string.Join("\n\n", messages.Select(AlertText.Plain)),
                type = last.Event is AlertEventKind.Resolved ? "success" : last.Event is AlertEventKind.Test or AlertEventKind.Acknowledged ? "info" : last.Severity == Severity.Critical ? "failure" : "warning",
                format = "text",
            }),
        ];
    }
}
