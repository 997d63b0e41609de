using System.Reflection;
using System.Text.RegularExpressions;

namespace WsusDashboard.Architecture.Tests;

/// <summary>Every expression takes as long as its text: other machines write what is searched.</summary>
public sealed partial class RegexTests
{
    private const string Option = nameof(RegexOptions.NonBacktracking);

    [Fact]
    public void Source_MakesExpressions_WithoutBacktrackingOnly()
    {
        var wrong = new[] { "*.cs", "*.razor" }.SelectMany(pattern => ProductAssemblies.SourceFiles("src", pattern))
            .SelectMany(path => FindWrong(File.ReadAllText(path)).Select(line => $"{Path.GetRelativePath(ProductAssemblies.Root, path)}: {line}"));

        Assert.Empty(wrong);
    }

    [Fact]
    public void Member_ThatIsAnExpression_DoesNotBacktrack()
    {
        var expressions = new[] { ProductAssemblies.Shared, ProductAssemblies.Emulation, ProductAssemblies.Agent, ProductAssemblies.Dashboard, ProductAssemblies.Simulator }
            .SelectMany(name => ProductAssemblies.Load(name).GetTypes())
            .Where(type => !type.ContainsGenericParameters)
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<GeneratedRegexAttribute>() is not null)
            .ToList();

        Assert.True(expressions.Count > 10, $"Only {expressions.Count} expressions were found.");
        Assert.Empty(expressions.Where(method => !((Regex)method.Invoke(null, null)!).Options.HasFlag(RegexOptions.NonBacktracking)).Select(method => $"{method.DeclaringType}.{method.Name}"));
    }

    /// <summary>Each holds up to 700 KB once it's made: what every agent and every dashboard reads all day is read without (Shared's Text). A report that a person asks for may have some.</summary>
    [Fact]
    public void Source_OfWhatRunsAllDay_HasNoExpressions()
    {
        var reports = Path.Combine("src", "Agent", "Doctor", "Reports");
        var found = new[] { "src/Shared", "src/Agent" }.SelectMany(folder => ProductAssemblies.SourceFiles(folder, "*.cs"))
            .Where(path => File.ReadAllText(path).Contains("System.Text.RegularExpressions", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(ProductAssemblies.Root, path))
            .Where(path => !path.StartsWith(reports, StringComparison.Ordinal));

        Assert.Empty(found);
    }

    [Theory]
    [InlineData("[GeneratedRegex(\"a\", RegexOptions.IgnoreCase)]", true)]
    [InlineData("[GeneratedRegex(\"a;b\", RegexOptions.NonBacktracking)]", false)]
    [InlineData("var found = new Regex(\"a\");", true)]
    [InlineData("private static readonly Regex Found = new(\"a\", RegexOptions.NonBacktracking);", false)]
    [InlineData("private readonly Regex _regex = new(pattern);", true)]
    [InlineData("return Regex.IsMatch(text, \"a\");", true)]
    [InlineData("return Regex.Escape(text);", false)]
    public void FindWrong_KnownLine_IsToldApart(string line, bool expected) => Assert.Equal(expected, FindWrong(line).Any());

    private static IEnumerable<string> FindWrong(string source) => Made().Matches(source)
        .Select(found => source[found.Index..EndOf(source, found.Index)])
        .Where(text => StaticCall().IsMatch(text) || !text.Contains(Option, StringComparison.Ordinal));

    /// <summary>The end of the line in which it is made: expressions stand on one.</summary>
    private static int EndOf(string source, int start) => source.IndexOf('\n', start) is >= 0 and var end ? end : source.Length;

    [GeneratedRegex(@"\[GeneratedRegex\(|\bnew Regex\(|\bRegex\??\s+\w+\s*=\s*new\(|\bRegex\.(IsMatch|Match|Matches|Replace|Split|Count|EnumerateMatches|EnumerateSplits)\(", RegexOptions.NonBacktracking)]
    private static partial Regex Made();

    [GeneratedRegex(@"^Regex\.", RegexOptions.NonBacktracking)]
    private static partial Regex StaticCall();
}
