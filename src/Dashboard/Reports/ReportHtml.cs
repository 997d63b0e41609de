using System.Net;
using System.Text;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Reports;

/// <summary>
/// A report as one HTML file for mail: no scripts, no pictures, nothing that is fetched, and every rule on its element, because mail programs drop style sheets. Colours hold on white and
/// where a program turns them dark.
/// </summary>
public static class ReportHtml
{
    private const string Body = "margin:0;padding:16px;font-family:Segoe UI,Arial,sans-serif;font-size:14px;line-height:1.5;color:#1b1f24;background:#ffffff";
    private const string Cell = "padding:4px 10px 4px 0;border-bottom:1px solid #d0d7de;text-align:left;vertical-align:top";
    private const string NumberCell = "padding:4px 10px 4px 0;border-bottom:1px solid #d0d7de;text-align:right;vertical-align:top";
    private const string Quiet = "margin:4px 0;color:#57606a";

    /// <summary>A whole file, ready to be a part of a mail.</summary>
    public static string Write(ReportDocument document)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>").Append(Text(document.Title)).Append("</title></head>\n");
        html.Append("<body style=\"").Append(Body).Append("\"><div style=\"max-width:860px;margin:0 auto\">\n");
        html.Append("<h1 style=\"margin:0;font-size:22px\">").Append(Text(document.Title)).Append("</h1>\n");
        html.Append("<p style=\"").Append(Quiet).Append("\">").Append(Text(document.Subtitle)).Append("</p>\n");
        html.Append("<p style=\"margin:12px 0;font-size:16px;font-weight:600\">").Append(Text(document.Sentence)).Append("</p>\n");
        foreach (var section in document.Sections)
        {
            html.Append("<h2 style=\"margin:24px 0 4px;font-size:16px\">").Append(Text(section.Title)).Append("</h2>\n<p style=\"margin:4px 0\">").Append(Text(section.Lead)).Append("</p>\n");
            if (section.Table is { Rows.Count: > 0 } table)
            {
                Write(table, html);
            }
        }

        return html.Append("<p style=\"margin:24px 0 0;font-size:12px;color:#57606a\">").Append(Text(document.Footer)).Append("</p>\n</div></body></html>\n").ToString();
    }

    private static void Write(ReportTable table, StringBuilder html)
    {
        html.Append("<table style=\"border-collapse:collapse;width:100%;font-size:13px\"><thead><tr>");
        foreach (var column in table.Columns)
        {
            html.Append("<th scope=\"col\" style=\"").Append(column.IsNumber ? NumberCell : Cell).Append("\">").Append(Text(column.Title)).Append("</th>");
        }

        html.Append("</tr></thead><tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            foreach (var (cell, column) in row.Zip(table.Columns))
            {
                html.Append("<td style=\"").Append(column.IsNumber ? NumberCell : Cell).Append("\">").Append(Text(cell)).Append("</td>");
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody></table>\n");
        if (table.LeftOff > 0)
        {
            html.Append("<p style=\"").Append(Quiet).Append("\">").Append(Text(ReportText.LeftOff(table))).Append("</p>\n");
        }
    }

    private static string Text(string text) => WebUtility.HtmlEncode(PlainText.Replace(text));
}
