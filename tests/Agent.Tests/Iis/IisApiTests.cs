using System.Globalization;
using Microsoft.Web.Administration;

namespace WsusDashboard.Agent.Tests.Iis;

/// <summary>
/// The agent's one source is compiled here against the emulation and for a server against Microsoft's package. What the compiled agent takes is
/// held against what Microsoft documents, so that nothing compiles here that would not compile there.
/// </summary>
public sealed class IisApiTests
{
    private static readonly (SortedSet<string> Types, SortedSet<string> Members) Used =
        ReferencedIisApi.Read(typeof(AgentHost).Assembly.Location, typeof(ServerManager).Assembly.GetName().Name!);

    public static TheoryData<string> Enums => [.. DocumentedIisApi.Enums.Keys];

    [Fact]
    public void Types_ThatTheAgentUses_AreDocumented()
    {
        var documented = DocumentedIisApi.Classes.Keys.Concat(DocumentedIisApi.Enums.Keys).Select(name => $"{DocumentedIisApi.Namespace}.{name}");

        Assert.Superset(new HashSet<string>(["Microsoft.Web.Administration.ServerManager", "Microsoft.Web.Administration.ApplicationPool"]), Used.Types);
        Assert.Empty(Used.Types.Except(documented));
    }

    [Fact]
    public void Members_ThatTheAgentUses_AreDocumentedWithTheSameSignature()
    {
        var documented = DocumentedIisApi.Classes.Keys.SelectMany(DocumentedIisApi.Compiled);

        Assert.Superset(new HashSet<string>(["ApplicationPool.set_QueueLength(long) : void", "ApplicationPoolCollection.get_Item(string) : ApplicationPool"]), Used.Members);
        Assert.Empty(Used.Members.Except(documented));
    }

    [Theory]
    [MemberData(nameof(Enums))]
    public void Enums_ThatTheAgentUses_HaveTheDocumentedNamesAndNumbers(string name)
    {
        var type = Find(name);

        Assert.Equal(DocumentedIisApi.Enums[name], Enum.GetNames(type).Select(value => $"{value} = {Convert.ToInt32(Enum.Parse(type, value), CultureInfo.InvariantCulture)}"));
    }

    [Fact]
    public void Collections_AreEnumerableByTheDocumentedElement() =>
        Assert.All(DocumentedIisApi.Elements, pair => Assert.True(typeof(IEnumerable<>).MakeGenericType(Find(pair.Value)).IsAssignableFrom(Find(pair.Key)), pair.Key));

    [Fact]
    public void Documented_AllOfIt_IsInTheEmulation()
    {
        var emulated = DocumentedIisApi.Classes.Keys.SelectMany(name => Find(name).GetMembers().Select(member => $"{name}.{member.Name}")).ToHashSet(StringComparer.Ordinal);

        // What is written on an object here and only read there would be a gap of the emulation, not of the agent; names are enough.
        var names = DocumentedIisApi.Classes.Keys.SelectMany(DocumentedIisApi.Compiled).Where(member => !member.Contains(".set_", StringComparison.Ordinal));
        Assert.Empty(names.Select(member => member[..member.IndexOf('(', StringComparison.Ordinal)]).Except(emulated));
    }

    [Fact]
    public void Sources_ThatDifferBetweenTheBuilds_AreTheKnownOnes()
    {
        // The rest is the same text for both, so what holds of the compiled agent holds of the one for a server too. The one further call of IisAccess is
        // ServerManager(); the examination only says which build it is.
        var folder = SourceFolder();
        var files = Directory.EnumerateFiles(Path.Combine(folder, "src", "Agent"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains("IIS_EMULATED", StringComparison.Ordinal));

        Assert.Equal(["IisAccess.cs", "ServerExamination.cs"], files.Select(Path.GetFileName).Order());
    }

    private static Type Find(string name) => typeof(ServerManager).Assembly.GetType($"{DocumentedIisApi.Namespace}.{name}", throwOnError: true)!;

    private static string SourceFolder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WsusDashboard.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The tests are not run from a checkout.");
        }

        return folder;
    }
}
