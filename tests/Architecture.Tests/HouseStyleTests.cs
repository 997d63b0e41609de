using System.Text.RegularExpressions;

namespace WsusDashboard.Architecture.Tests;

/// <summary>The rules of the house style that a test can hold.</summary>
public sealed partial class HouseStyleTests
{
    private const int MaximumLines = 400;

    [Fact]
    public void SourceFile_IsNoLonger_ThanAReaderCanHold()
    {
        var tooLong = new[] { "src", "tests" }
            .SelectMany(folder => new[] { "*.cs", "*.razor", "*.css" }.SelectMany(pattern => ProductAssemblies.SourceFiles(folder, pattern)))
            .Select(path => (Path: Relative(path), Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > MaximumLines);

        Assert.Empty(tooLong);
    }

    [Fact]
    public void SourceFile_Contains_NothingLeftBehind()
    {
        var left = new[] { "src", "tests" }
            .SelectMany(folder => new[] { "*.cs", "*.razor" }.SelectMany(pattern => ProductAssemblies.SourceFiles(folder, pattern)))
            .Where(path => !path.EndsWith(nameof(HouseStyleTests) + ".cs", StringComparison.Ordinal))
            .SelectMany(path => Matches(path, LeftBehind()));

        Assert.Empty(left);
    }

    [Fact]
    public void Stylesheet_TakesItsColours_FromTheTheme()
    {
        var hex = ProductAssemblies.SourceFiles("src", "*.razor.css").SelectMany(path => Matches(path, HexColour()));

        Assert.Empty(hex);
    }

    [Fact]
    public void Page_Loads_NothingFromOutside()
    {
        var outside = new[] { "*.razor", "*.css", "*.js", "*.html" }
            .SelectMany(pattern => ProductAssemblies.SourceFiles("src/Dashboard", pattern))
            .SelectMany(path => Matches(path, OutsideAddress()));

        Assert.Empty(outside);
    }

    [Fact]
    public void Type_IsNamed_WithANounOfTheField()
    {
        var vague = new[] { ProductAssemblies.Shared, ProductAssemblies.Emulation, ProductAssemblies.Agent, ProductAssemblies.Dashboard, ProductAssemblies.Simulator }
            .SelectMany(name => ProductAssemblies.Load(name).GetTypes())
            .Where(type => !type.Name.Contains('<', StringComparison.Ordinal) && type.Namespace != "Microsoft.Web.Administration")
            .Where(type => VagueName().IsMatch(type.Name))
            .Select(type => type.FullName);

        Assert.Empty(vague);
    }

    private static string Relative(string path) => Path.GetRelativePath(ProductAssemblies.Root, path);

    private static IEnumerable<string> Matches(string path, Regex pattern) =>
        File.ReadLines(path)
            .Select((line, index) => (line, index))
            .Where(entry => pattern.IsMatch(entry.line))
            .Select(entry => $"{Relative(path)}:{entry.index + 1}: {entry.line.Trim()}");

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b|NotImplementedException|async void|^\s*#region")]
    private static partial Regex LeftBehind();

    [GeneratedRegex(@"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)")]
    private static partial Regex HexColour();

    [GeneratedRegex(@"(src|href)\s*=\s*""https?://(?!localhost)|url\(\s*['""]?https?://|@import\s+['""]https?://|import\s.*['""]https?://")]
    private static partial Regex OutsideAddress();

    [GeneratedRegex(@"(Helper|Helpers|Manager|Util|Utils|Utilities)$")]
    private static partial Regex VagueName();
}
