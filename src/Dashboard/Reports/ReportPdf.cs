using PdfSharp.UniversalAccessibility;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Reports;

/// <summary>A report as a tagged PDF file: A4, with bookmarks, title and language, fonts inside. Threading: one file at a time, because the package keeps fonts for the whole process, and so that many who ask cost the memory of one.</summary>
public static class ReportPdf
{
    private static readonly Lock OneAtATime = new();

    /// <summary>The file.</summary>
    public static byte[] Write(ReportDocument document)
    {
        lock (OneAtATime)
        {
            using var pages = new PdfPages(Line(document.Title), Line(document.Footer));
            pages.AddHeading(Line(document.Title), PdfBlockLevelElementTag.Heading1, 18);
            pages.AddParagraph(Line(document.Subtitle), isQuiet: true);
            pages.AddParagraph(Line(document.Sentence), 12, isBold: true);
            foreach (var section in document.Sections)
            {
                pages.AddHeading(Line(section.Title), PdfBlockLevelElementTag.Heading2, 12);
                pages.AddParagraph(Line(section.Lead));
                if (section.Table is { Rows.Count: > 0 } table)
                {
                    pages.AddTable(table with { Rows = [.. table.Rows.Select(row => row.Select(Line).ToList())] });
                }
            }

            return pages.Finish();
        }
    }

    private static string Line(string text) => PlainText.Replace(text);
}
