using System.Text;
using System.Text.Json;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>
/// An Adaptive Card to the Workflows trigger "When a Teams webhook request is received". The answer 202 says that the flow has started, not that the card is there.
/// Teams takes 28 KB after it has wrapped the message: ours stays below 18 KB.
/// </summary>
internal sealed class TeamsChannel(AlertHttp http) : HttpAlertChannel(http)
{
    internal const int MaximumBytes = 18 * 1024;

    private const int MostDigestLines = 20;
    private const int MaximumFactLength = 600;

    public override AlertChannelKind Kind => AlertChannelKind.Teams;

    protected override IEnumerable<HttpRequestMessage> Build(AlertChannel channel, IReadOnlyList<AlertMessage> messages)
    {
        var body = messages is [var only] ? Envelope(Card(only)) : Envelope(DigestCard(messages, MostDigestLines));
        for (var lines = MostDigestLines; JsonSerializer.SerializeToUtf8Bytes(body, Json).Length > MaximumBytes && lines > 0; lines--)
        {
            body = messages is [var one] ? Envelope(Card(one with { Explanation = "", Fix = "", Servers = [.. one.Servers.Take(lines)] })) : Envelope(DigestCard(messages, lines));
        }

        yield return Post(channel.Secrets.Address, body);
    }

    private static object Envelope(object card) => new
    {
        type = "message",
        attachments = new[] { new Dictionary<string, object?> { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["contentUrl"] = null, ["content"] = card } },
    };

    private static Dictionary<string, object> Card(AlertMessage message)
    {
        List<object> body =
        [
            new { type = "TextBlock", text = Escape(AlertText.Headline(message)), weight = "Bolder", size = "Medium", wrap = true, color = ColorOf(message) },
            new { type = "FactSet", facts = AlertText.Facts(message).Select(fact => new { title = fact.Label, value = Escape(AlertText.Cut(fact.Value, MaximumFactLength)) }).ToArray() },
        ];
        return Card(body, message.Link, message.ActionLink);
    }

    private static Dictionary<string, object> DigestCard(IReadOnlyList<AlertMessage> messages, int mostLines)
    {
        var lines = messages.Take(mostLines).Select(message => AlertText.Cut(AlertText.Headline(message), MaximumFactLength)).ToList();
        if (messages.Count > mostLines)
        {
            lines.Add($"{messages.Count - mostLines} more are on the page.");
        }

        return Card(
            [
                new { type = "TextBlock", text = AlertText.DigestHeadline(messages), weight = "Bolder", size = "Medium", wrap = true },
                .. lines.Select(line => new { type = "TextBlock", text = Escape(line), wrap = true }),
            ],
            messages[^1].Link);
    }

    private static Dictionary<string, object> Card(List<object> body, string link, string actionLink = "")
    {
        var card = new Dictionary<string, object>
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["msteams"] = new { width = "Full" },
            ["body"] = body,
        };
        if (link.Length > 0)
        {
            card["actions"] = new[] { (Title: "Open in WsusDashboard", Url: link), (Title: AlertText.Action, Url: actionLink) }
                .Where(action => action.Url.Length > 0)
                .Select(action => new { type = "Action.OpenUrl", title = action.Title, url = action.Url })
                .ToArray();
        }

        return card;
    }

    private static string ColorOf(AlertMessage message) => message.Event switch
    {
        AlertEventKind.Resolved => "Good",
        AlertEventKind.Acknowledged or AlertEventKind.Test => "Default",
        _ => message.Severity == Shared.Rules.Findings.Severity.Critical ? "Attention" : "Warning",
    };

    /// <summary>A card reads some Markdown: names with its signs are shown as they are, and no text becomes a link.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var letter in text)
        {
            if (letter is '\\' or '*' or '_' or '[' or ']' or '(' or ')' or '`' or '#' or '~' or '|' or '>' or '<')
            {
                escaped.Append('\\');
            }

            escaped.Append(char.IsControl(letter) ? ' ' : letter);
        }

        return escaped.ToString();
    }
}
