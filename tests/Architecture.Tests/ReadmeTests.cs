using System.Text.RegularExpressions;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Architecture.Tests;

/// <summary>What the README shows exists.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(ProductAssemblies.Root, "README.md"));

    [Fact]
    public void Picture_ThatIsShown_Exists()
    {
        var missing = Picture().Matches(Readme)
            .Select(match => match.Groups["path"].Value)
            .Where(path => !File.Exists(Path.Combine(ProductAssemblies.Root, path)));

        Assert.Empty(missing);
    }

    /// <summary>The walks of a fact and of a click, as numbered lists of files.</summary>
    [Fact]
    public void Walks_InTheReadmeOfTheDashboard_NameFilesThatExist()
    {
        var readme = File.ReadAllText(Path.Combine(ProductAssemblies.Root, "src", "Dashboard", "README.md"));

        Assert.All(WalkStep().Matches(readme).Select(step => Path.Combine(ProductAssemblies.Root, step.Groups["path"].Value)), path => Assert.True(File.Exists(path), path));
        Assert.InRange(WalkStep().Count(readme.Split("\n## ").Single(section => section.StartsWith("How a stopped pool reaches its row", StringComparison.Ordinal))), 1, 12);
    }

    [Fact]
    public void Findings_InTheReadmeOfShared_AreAllInItsTable()
    {
        var rows = File.ReadLines(Path.Combine(ProductAssemblies.Root, "src", "Shared", "README.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();

        Assert.All(FindingIds.Findings, id => Assert.True(rows.Exists(row => row.Split('|')[1].Contains($"`{id}`", StringComparison.Ordinal)), id));
    }

    [GeneratedRegex(@"^\d+\. `(?<path>src/[^`]+)`", RegexOptions.Multiline)]
    private static partial Regex WalkStep();

    [GeneratedRegex(@"!\[[^\]]*\]\((?<path>[^)]+\.png)\)")]
    private static partial Regex Picture();
}
