using PdfSharp.Fonts;

namespace WsusDashboard.Dashboard.Reports;

/// <summary>
/// The two fonts of reports, which are part of this program: servers without a screen have none, and a report looks the same everywhere. Latin, Greek and Cyrillic; what they have no sign for is a box.
/// Threading: any thread; the resolver is one for the process, as the package wants it.
/// </summary>
internal sealed class ReportFonts : IFontResolver
{
    /// <summary>What reports ask for.</summary>
    public const string Family = "DejaVu Sans Condensed";

    private const string Regular = "DejaVuSansCondensed.ttf";
    private const string Bold = "DejaVuSansCondensed-Bold.ttf";

    private static readonly Lazy<bool> Used = new(() =>
    {
        GlobalFontSettings.FontResolver = new ReportFonts();
        return true;
    });

    /// <summary>Before the first font is made.</summary>
    public static void Use() => _ = Used.Value;

    public FontResolverInfo? ResolveTypeface(string familyName, bool bold, bool italic) => familyName == Family ? new(bold ? Bold : Regular) : null;

    public byte[]? GetFont(string faceName)
    {
        using var stream = typeof(ReportFonts).Assembly.GetManifestResourceStream(faceName) ?? throw new InvalidOperationException($"{faceName} is not part of this program.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
