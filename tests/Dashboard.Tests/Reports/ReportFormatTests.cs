using System.Diagnostics;
using System.Text;
using System.Xml.Linq;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Tokens;
using WsusDashboard.Dashboard.Reports;

namespace WsusDashboard.Dashboard.Tests.Reports;

/// <summary>A report as HTML, text and PDF: the same words, whatever names it is about.</summary>
public sealed class ReportFormatTests
{
    private const string Hostile = "<img src=x onerror=alert(1)>\r\nBcc: all@example.org";

    private static ReportDocument Document(string name, int rows) => new(
        $"Weekly report of {name}",
        "2026-11-23 to 2026-11-29, UTC",
        "3 of 4 servers synced successfully.",
        [
            new("Syncs", $"All about {name}."),
            new("Servers", "By name.", new([new("Server", 3), new("Syncs", 1, true)], [.. Enumerable.Range(1, rows).Select(row => new[] { $"{name} {row}", $"{row}" })], 7)),
        ],
        "WsusDashboard, report 5");

    [Fact]
    public void Html_HostileName_IsTextAndNothingIsFetched()
    {
        var html = ReportHtml.Write(Document(Hostile, 2));

        // It is well-formed, so that every element in it is one of ours.
        var root = XDocument.Parse(html[html.IndexOf("<html", StringComparison.Ordinal)..].Replace("<meta charset=\"utf-8\">", "", StringComparison.Ordinal).Replace("<meta name=\"viewport\" content=\"width=device-width\">", "", StringComparison.Ordinal)).Root!;
        Assert.DoesNotContain(root.DescendantsAndSelf(), element => element.Name.LocalName is "img" or "script" or "link" or "style" or "iframe");
        Assert.DoesNotContain(root.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName is "src" or "href" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || attribute.Value.Contains("url(", StringComparison.Ordinal));
        Assert.Equal(2, root.Descendants("tbody").Elements("tr").Count());
        Assert.Contains("onerror=alert(1)", root.Descendants("h1").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_HostileName_BeginsNoLine()
    {
        var lines = ReportText.Write(Document(Hostile, 2)).Split('\n');

        Assert.DoesNotContain(lines, line => line.StartsWith("Bcc", StringComparison.Ordinal) || line.Contains('\r', StringComparison.Ordinal));
        Assert.Equal(3, lines.Count(line => line.StartsWith("- ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Pdf_ManyRows_HasEachOnceOnSeveralPages()
    {
        using var pdf = PdfDocument.Open(ReportPdf.Write(Document("BRN-WSUS", 150)));

        Assert.InRange(pdf.NumberOfPages, 3, 12);
        var words = pdf.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text).ToList();
        Assert.Equal(151, words.Count(word => word == "BRN-WSUS" || word == "BRN-WSUS.") - 1);
        Assert.Contains("150", words);
        Assert.All(pdf.GetPages(), page => Assert.All(page.Letters, letter => Assert.InRange(letter.Location.X, 40, page.Width - 40)));
    }

    [Fact]
    public void Pdf_ForWhoHasItReadAloud_IsTaggedAndNamed()
    {
        using var pdf = PdfDocument.Open(ReportPdf.Write(Document("BRN", 3)));
        var catalog = pdf.Structure.Catalog.CatalogDictionary;

        Assert.Equal("Weekly report of BRN", pdf.Information.Title);
        Assert.Equal("en", catalog.Get<StringToken>(NameToken.Create("Lang"), pdf.Structure.TokenScanner).Data);
        Assert.True(catalog.Get<DictionaryToken>(NameToken.Create("MarkInfo"), pdf.Structure.TokenScanner).Get<BooleanToken>(NameToken.Create("Marked"), pdf.Structure.TokenScanner).Data);
        var types = Types(pdf, catalog.Get<DictionaryToken>(NameToken.Create("StructTreeRoot"), pdf.Structure.TokenScanner)).CountBy(type => type).ToDictionary();
        Assert.Equal((1, 2, 1, 4, 2, 6), (types["H1"], types["H2"], types["Table"], types["TR"], types["TH"], types["TD"]));
    }

    [Fact]
    public void Pdf_HostileAndForeignNames_IsStillAFile()
    {
        using var pdf = PdfDocument.Open(ReportPdf.Write(Document($"{Hostile} Ελλάδα Київ 東京 \U0001F600 {new string('W', 2_000)}", 2)));

        Assert.Contains("Київ", pdf.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
    }

    [Fact]
    public async Task Pdf_CheckedByAnotherProgram_IsRight()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.SkipUnless(File.Exists("/usr/bin/qpdf") && File.Exists("/usr/bin/pdftotext"), "qpdf and pdftotext (poppler-utils) aren't installed.");
        }

        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "report.pdf");
        await File.WriteAllBytesAsync(path, ReportPdf.Write(Document("BRN-WSUS", 120)), TestContext.Current.CancellationToken);

        var (checkedCode, said) = await RunAsync("/usr/bin/qpdf", "--check", path);
        Assert.True(checkedCode == 0, said);
        var (exitCode, text) = await RunAsync("/usr/bin/pdftotext", "-layout", path, "-");
        Assert.Equal(0, exitCode);
        Assert.Contains("BRN-WSUS 120", text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Types(PdfDocument pdf, DictionaryToken element)
    {
        if (element.TryGet(NameToken.S, pdf.Structure.TokenScanner, out NameToken? type))
        {
            yield return type.Data;
        }

        if (!element.TryGet(NameToken.K, out var kids))
        {
            yield break;
        }

        foreach (var kid in Resolve(pdf, kids) is ArrayToken array ? array.Data.Select(item => Resolve(pdf, item)) : [Resolve(pdf, kids)])
        {
            if (kid is DictionaryToken child)
            {
                foreach (var inner in Types(pdf, child))
                {
                    yield return inner;
                }
            }
        }
    }

    private static IToken Resolve(PdfDocument pdf, IToken token) => token is IndirectReferenceToken reference ? pdf.Structure.TokenScanner.Get(reference.Data)!.Data : token;

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await errors);
    }
}
