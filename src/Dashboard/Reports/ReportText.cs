using System.Text;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Reports;

/// <summary>A report as plain text: the part of a mail that every program can show.</summary>
public static class ReportText
{
    /// <summary>Lines end in \n; each row of a table is one line.</summary>
    public static string Write(ReportDocument document)
    {
        var text = new StringBuilder();
        text.Append(Line(document.Title)).Append('\n').Append(Line(document.Subtitle)).Append("\n\n").Append(Line(document.Sentence)).Append('\n');
        foreach (var section in document.Sections)
        {
            text.Append('\n').Append(Line(section.Title).ToUpperInvariant()).Append('\n').Append(Line(section.Lead)).Append('\n');
            if (section.Table is { } table)
            {
                Write(table, text);
            }
        }

        return text.Append('\n').Append(Line(document.Footer)).Append('\n').ToString();
    }

    /// <summary>How many rows stand elsewhere; empty where all are there.</summary>
    public static string LeftOff(ReportTable table) => table.LeftOff == 0 ? "" : $"{Wording.Count(table.LeftOff, "more row")} in the dashboard and the CSV file.";

    private static void Write(ReportTable table, StringBuilder text)
    {
        foreach (var row in table.Rows)
        {
            text.Append("- ").AppendJoin("; ", row.Zip(table.Columns, (cell, column) => $"{column.Title}: {Line(cell)}")).Append('\n');
        }

        if (table.LeftOff > 0)
        {
            text.Append("- ").Append(LeftOff(table)).Append('\n');
        }
    }

    /// <summary>A name from another machine must not begin a line of its own.</summary>
    private static string Line(string text) => PlainText.Replace(text);
}
