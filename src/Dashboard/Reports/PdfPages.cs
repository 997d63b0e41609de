using System.Globalization;
using PdfSharp;
using PdfSharp.Drawing;
using PdfSharp.Pdf;
using PdfSharp.UniversalAccessibility;

namespace WsusDashboard.Dashboard.Reports;

/// <summary>Pages that fill from top to bottom, with tags for those who have the page read to them. The package places text only where it is told to: lines, pages and tables are made here.</summary>
internal sealed class PdfPages : IDisposable
{
    private const double Margin = 48;
    private const double LineFactor = 1.35;
    private const double CellPadding = 6;

    /// <summary>A cell that is longer says so: one row never fills a page.</summary>
    private const int MostLinesOfACell = 12;

    private static readonly XBrush Ink = new XSolidBrush(XColor.FromArgb(27, 31, 36));
    private static readonly XBrush Grey = new XSolidBrush(XColor.FromArgb(87, 96, 106));
    private static readonly XPen Rule = new(XColor.FromArgb(208, 215, 222), 0.5);

    private readonly PdfDocument _document = new();
    private readonly UAManager _accessibility;
    private readonly string _footer;
    private XGraphics? _graphics;
    private double _y;

    public PdfPages(string title, string footer)
    {
        ReportFonts.Use();
        _footer = footer;
        _document.Info.Title = title;
        _document.ViewerPreferences.DisplayDocTitle = true;

        // Compressed ones get bytes behind their end, which qpdf --check warns of.
        _document.Options.CompressContentStreams = false;
        _accessibility = UAManager.ForDocument(_document);
        _accessibility.SetDocumentLanguage("en");
        AddPage();
        Tags.BeginElement(PdfGroupingElementTag.Document);
    }

    private StructureBuilder Tags => _accessibility.StructureBuilder;

    private XGraphics Graphics => _graphics!;

    private double Width => _document.Pages[^1].Width.Point - (2 * Margin);

    private double Bottom => _document.Pages[^1].Height.Point - Margin - 16;

    public void AddHeading(string text, PdfBlockLevelElementTag level, double size)
    {
        // A heading stays with what follows it.
        Need(size * 4);
        _y += level == PdfBlockLevelElementTag.Heading1 ? 0 : 14;
        if (level == PdfBlockLevelElementTag.Heading2)
        {
            _document.Outlines.Add(text, _document.Pages[^1], opened: true);
        }

        AddLines(text, new(ReportFonts.Family, size, XFontStyleEx.Bold), Ink, level);
    }

    public void AddParagraph(string text, double size = 10, bool isQuiet = false, bool isBold = false)
    {
        AddLines(text, new(ReportFonts.Family, size, isBold ? XFontStyleEx.Bold : XFontStyleEx.Regular), isQuiet ? Grey : Ink, PdfBlockLevelElementTag.Paragraph);
        _y += 4;
    }

    public void AddTable(ReportTable table)
    {
        var (head, body) = (new XFont(ReportFonts.Family, 8.5, XFontStyleEx.Bold), new XFont(ReportFonts.Family, 8.5));
        var total = table.Columns.Sum(column => column.Share);
        var widths = table.Columns.Select(column => Width * column.Share / total).ToArray();
        var titles = table.Columns.Select((column, index) => Break(column.Title, head, widths[index] - CellPadding)).ToArray();
        _y += 2;
        Need((HeightOf(titles, head) * 2) + 20);
        Tags.BeginElement(PdfBlockLevelElementTag.Table);
        AddRow(table, titles, widths, head, PdfBlockLevelElementTag.TableHeaderCell);
        foreach (var row in table.Rows)
        {
            var cells = row.Select((cell, index) => Break(cell, body, widths[index] - CellPadding)).ToArray();
            if (_y + HeightOf(cells, body) > Bottom)
            {
                AddPage();

                // The head again is for the eye: in the order of reading it stands once.
                Tags.BeginArtifact();
                Draw(table, titles, widths, head, cell: null);
                Tags.End();
            }

            AddRow(table, cells, widths, body, PdfBlockLevelElementTag.TableDataCell);
        }

        Tags.End();
        _y += 4;
        if (table.LeftOff > 0)
        {
            AddParagraph(ReportText.LeftOff(table), 8.5, isQuiet: true);
        }
    }

    public byte[] Finish()
    {
        Tags.End();
        EndPage();
        using var stream = new MemoryStream();
        _document.Save(stream, closeStream: false);
        return stream.ToArray();
    }

    public void Dispose()
    {
        _graphics?.Dispose();
        _document.Dispose();
    }

    private void AddRow(ReportTable table, List<string>[] cells, double[] widths, XFont font, PdfBlockLevelElementTag cell)
    {
        Tags.BeginElement(PdfBlockLevelElementTag.TableRow);
        Draw(table, cells, widths, font, cell);
        Tags.End();
    }

    /// <param name="cell">The tag of each cell; null = none.</param>
    private void Draw(ReportTable table, List<string>[] cells, double[] widths, XFont font, PdfBlockLevelElementTag? cell)
    {
        var (x, height) = (Margin, HeightOf(cells, font));
        for (var column = 0; column < cells.Length; column++)
        {
            if (cell is { } tag)
            {
                Tags.BeginElement(tag);
            }

            var y = _y + 3;
            foreach (var line in cells[column])
            {
                var isNumber = table.Columns[column].IsNumber;
                var box = new XRect(x, y, widths[column] - CellPadding, font.Size * LineFactor);
                Graphics.DrawString(line, font, Ink, box, isNumber ? XStringFormats.TopRight : XStringFormats.TopLeft);
                y += font.Size * LineFactor;
            }

            if (cell is not null)
            {
                Tags.End();
            }

            x += widths[column];
        }

        _y += height;
        DrawRule(isArtifact: cell is not null);
    }

    private void DrawRule(bool isArtifact)
    {
        if (isArtifact)
        {
            Tags.BeginArtifact();
        }

        Graphics.DrawLine(Rule, Margin, _y, Margin + Width, _y);
        if (isArtifact)
        {
            Tags.End();
        }
    }

    private static double HeightOf(List<string>[] cells, XFont font) => (cells.Max(lines => lines.Count) * font.Size * LineFactor) + 6;

    private void AddLines(string text, XFont font, XBrush brush, PdfBlockLevelElementTag tag)
    {
        var height = font.Size * LineFactor;
        Tags.BeginElement(tag);
        foreach (var line in Break(text, font, Width))
        {
            Need(height);
            Graphics.DrawString(line, font, brush, new XRect(Margin, _y, Width, height), XStringFormats.TopLeft);
            _y += height;
        }

        Tags.End();
    }

    /// <summary>Lines that fit: between words, and within one that is wider than the line.</summary>
    private List<string> Break(string text, XFont font, double width)
    {
        List<string> lines = [];
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var rest = word;
            if (Fits(line.Length == 0 ? rest : $"{line} {rest}", font, width))
            {
                line = line.Length == 0 ? rest : $"{line} {rest}";
                continue;
            }

            if (line.Length > 0)
            {
                lines.Add(line);
            }

            while (!Fits(rest, font, width))
            {
                var length = LongestThatFits(rest, font, width);
                lines.Add(rest[..length]);
                rest = rest[length..];
            }

            line = rest;
        }

        lines.Add(line);
        if (lines.Count > MostLinesOfACell)
        {
            lines.RemoveRange(MostLinesOfACell, lines.Count - MostLinesOfACell);
            lines[^1] = "…";
        }

        return lines;
    }

    private int LongestThatFits(string word, XFont font, double width)
    {
        var (fits, tooLong) = (1, word.Length);
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            (fits, tooLong) = Fits(word[..middle], font, width) ? (middle, tooLong) : (fits, middle);
        }

        // Not between the two halves of one sign.
        return fits > 1 && char.IsHighSurrogate(word[fits - 1]) ? fits - 1 : fits;
    }

    private bool Fits(string text, XFont font, double width) => text.Length <= 1 || Graphics.MeasureString(text, font).Width <= width;

    private void Need(double height)
    {
        if (_y + height > Bottom)
        {
            AddPage();
        }
    }

    private void AddPage()
    {
        if (_graphics is not null)
        {
            EndPage();
        }

        var page = _document.AddPage();
        page.Size = PageSize.A4;
        _graphics = XGraphics.FromPdfPage(page);
        _y = Margin;
    }

    private void EndPage()
    {
        var font = new XFont(ReportFonts.Family, 8);
        var number = string.Create(CultureInfo.InvariantCulture, $"Page {_document.PageCount}");
        var y = _document.Pages[^1].Height.Point - Margin;
        Tags.BeginArtifact();
        Graphics.DrawString(Break(_footer, font, Width - 60)[0], font, Grey, new XRect(Margin, y, Width - 60, 12), XStringFormats.TopLeft);
        Graphics.DrawString(number, font, Grey, new XRect(Margin, y, Width, 12), XStringFormats.TopRight);
        Tags.End();
        Graphics.Dispose();
        _graphics = null;
    }
}
