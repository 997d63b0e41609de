using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Xml.Linq;
using WsusDashboard.Agent;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Settings;
using WsusDashboard.Simulator.Demo;

namespace WsusDashboard.Architecture.Tests;

/// <summary>The option tables in the README files are written by this test: UPDATE_OPTION_TABLES=1 dotnet run --project tests/Architecture.Tests -- -class "*OptionTableTests".</summary>
public sealed class OptionTableTests
{
    private const string Begin = "<!-- options: written by OptionTableTests -->\n";
    private const string End = "<!-- /options -->";

    [Theory]
    [InlineData("src/Agent/README.md", AgentOptions.SectionName, typeof(AgentOptions))]
    [InlineData("src/Dashboard/README.md", DashboardOptions.SectionName, typeof(DashboardOptions))]
    public void Table_InTheReadme_IsWhatTheOptionsSay(string file, string section, Type type) => AssertTable(file, Table(section, type));

    [Fact]
    public void Table_InTheReadmeOfTheSimulator_IsWhatItsCommandLineSays() => AssertTable("src/Simulator/README.md", SimulatorTable());

    private static void AssertTable(string file, string table)
    {
        var path = Path.Combine(ProductAssemblies.Root, file);
        var readme = File.ReadAllText(path);
        var (begin, end) = (readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, readme.IndexOf(End, StringComparison.Ordinal));
        Assert.True(begin >= Begin.Length && end >= begin, $"{file} lacks the lines {Begin.Trim()} and {End}.");

        if (Environment.GetEnvironmentVariable("UPDATE_OPTION_TABLES") is { Length: > 0 })
        {
            File.WriteAllText(path, readme[..begin] + table + readme[end..]);
        }
        else
        {
            Assert.Equal(table, readme[begin..end]);
        }
    }

    private static string Table(string section, Type type)
    {
        var comments = XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml")).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")?.Value.Trim());
        var table = new StringBuilder("| key | default | allowed | unit | meaning |\n| --- | --- | --- | --- | --- |\n");
        foreach (var option in OptionEntry.In(section, Activator.CreateInstance(type)!))
        {
            var standard = Convert.ToString(option.Value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? $"`{(option.Value is bool ? text.ToLowerInvariant() : text)}`" : "";
            table.Append(CultureInfo.InvariantCulture, $"| `{option.Key}` | {standard} | {option.Allowed} | {option.Unit} | {Meaning(option.Property, comments)} |\n");
        }

        return table.ToString();
    }

    private static string SimulatorTable()
    {
        var table = new StringBuilder("| option | default | meaning |\n| --- | --- | --- |\n");
        foreach (var option in DemoCommand.Create().Options.Where(option => option is not (HelpOption or VersionOption)))
        {
            // A flag is off, and a folder of this account is nothing that a README could show.
            var standard = option.HasDefaultValue && option.GetDefaultValue() is { } value and not bool && Convert.ToString(value, CultureInfo.InvariantCulture) is { } text && !Path.IsPathRooted(text) ? $"`{text}`" : "";
            table.Append(CultureInfo.InvariantCulture, $"| `{$"{option.Name} {option.HelpName}".Trim()}` | {standard} | {option.Description} |\n");
        }

        return table.ToString();
    }

    private static string Meaning(PropertyInfo property, Dictionary<string, string?> comments) =>
        comments.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}") is { Length: > 0 } meaning && !meaning.Contains('|', StringComparison.Ordinal)
            ? meaning
            : throw new InvalidOperationException($"{property.DeclaringType!.Name}.{property.Name} needs a summary, without a pipe.");
}
