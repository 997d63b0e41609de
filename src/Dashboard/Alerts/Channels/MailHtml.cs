using System.Net;
using System.Text;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>The HTML of a mail: tables and styles in place, because mail programs know little else; no pictures, no scripts; every text is encoded.</summary>
internal static class MailHtml
{
    public static string Of(IReadOnlyList<AlertMessage> messages)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html><html lang=\"en\" dir=\"ltr\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\"></head>");
        html.Append("<body style=\"font-family:Segoe UI,Arial,sans-serif;font-size:15px\"><table role=\"presentation\" width=\"600\" style=\"max-width:100%\"><tr><td>");
        foreach (var message in messages)
        {
            Append(html, message);
        }

        return html.Append("</td></tr></table></body></html>").ToString();
    }

    private static void Append(StringBuilder html, AlertMessage message)
    {
        html.Append("<h1 style=\"font-size:18px;margin:0 0 12px\">").Append(SignOf(message)).Append(' ').Append(Encode(AlertText.Headline(message))).Append("</h1><table style=\"border-collapse:collapse;margin:0 0 12px\">");
        foreach (var fact in AlertText.Facts(message))
        {
            html.Append("<tr><th scope=\"row\" style=\"text-align:left;vertical-align:top;padding:4px 16px 4px 0;font-weight:600\">").Append(Encode(fact.Label)).Append("</th><td style=\"padding:4px 0\">").Append(Encode(fact.Value)).Append("</td></tr>");
        }

        html.Append("</table>");
        AppendLink(html, message.Link, "Open in WsusDashboard");
        AppendLink(html, message.ActionLink, AlertText.Action);
    }

    private static void AppendLink(StringBuilder html, string link, string words)
    {
        if (link.Length > 0)
        {
            html.Append("<p style=\"margin:0 0 12px\"><a href=\"").Append(Encode(link)).Append("\">").Append(Encode(words)).Append("</a></p>");
        }
    }

    /// <summary>Beside the word, because colours alone tell nothing.</summary>
    private static string SignOf(AlertMessage message) => message.Event switch
    {
        AlertEventKind.Resolved => "&#10003;",
        AlertEventKind.Acknowledged => "&#9675;",
        _ => message.Severity == Severity.Critical ? "&#9632;" : "&#9650;",
    };

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
