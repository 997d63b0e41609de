using System.Globalization;
using System.Text.RegularExpressions;
using WsusDashboard.Agent;
using WsusDashboard.Dashboard;

namespace WsusDashboard.Architecture.Tests;

/// <summary>What the README lists, the code has; what the code has, the README lists.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Houses.Root, "README.md"));

    [Theory]
    [InlineData("Agent", typeof(AgentOptions))]
    [InlineData("Dashboard", typeof(DashboardOptions))]
    public void ConfigurationTable_Names_EveryOptionWithItsDefault(string section, Type options)
    {
        var defaults = Activator.CreateInstance(options)!;
        var expected = options.GetProperties()
            .Where(property => property is { CanWrite: true, CanRead: true } && !property.GetMethod!.IsStatic)
            .ToDictionary(property => $"{section}:{property.Name}", property => Text(property.GetValue(defaults)), StringComparer.Ordinal);

        var listed = Row().Matches(Readme)
            .Where(match => match.Groups["key"].Value.StartsWith(section + ":", StringComparison.Ordinal))
            .ToDictionary(match => match.Groups["key"].Value, match => match.Groups["value"].Value.Trim().Trim('`'), StringComparer.Ordinal);

        Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), listed.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Picture_ThatIsShown_Exists()
    {
        var missing = Picture().Matches(Readme)
            .Select(match => match.Groups["path"].Value)
            .Where(path => !File.Exists(Path.Combine(Houses.Root, path)));

        Assert.Empty(missing);
    }

    private static string Text(object? value) => value switch
    {
        null or "" => "(empty)",
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() is { Length: > 0 } text ? text : "(empty)",
    };

    [GeneratedRegex(@"^\| `(?<key>(Agent|Dashboard):\w+)` \| (?<value>[^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"!\[[^\]]*\]\((?<path>[^)]+\.png)\)")]
    private static partial Regex Picture();
}
