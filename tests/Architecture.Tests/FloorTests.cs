using ArchUnitNET.Loader;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace WsusDashboard.Architecture.Tests
{
    /// <summary>Inside a project, folders import downwards only; a folder that is too large to be seen at once says what it owns.</summary>
    public sealed class FloorTests
    {
        private const int MaximumFiles = 15;

        // Of the part of a README that stands above its first heading.
        private const int MaximumLines = 12;

        // Microsoft.Web.Administration is left out: the emulation gives its one namespace from several folders, so a namespace is no folder there.
        [Theory]
        [InlineData(ProductAssemblies.Shared)]
        [InlineData(ProductAssemblies.Emulation)]
        [InlineData(ProductAssemblies.Agent)]
        [InlineData(ProductAssemblies.Dashboard)]
        [InlineData(ProductAssemblies.Simulator)]
        public void Folders_OfAProject_ImportDownwardsOnly(string assembly) => Assert.Empty(EdgesOfCycles(ProductAssemblies.Types, ProductAssemblies.Load(assembly), "WsusDashboard."));

        [Theory]
        [InlineData("Planted", 2)]
        [InlineData("Sound", 0)]
        public void EdgesOfCycles_FoldersWithAndWithoutACycle_AreToldApart(string place, int expected)
        {
            var own = typeof(FloorTests).Assembly;

            Assert.Equal(expected, EdgesOfCycles(new ArchLoader().LoadAssembly(own).Build(), own, $"{typeof(FloorTests).Namespace}.{place}").Count);
        }

        [Fact]
        public void Folder_OfManyFiles_SaysWhatItOwns()
        {
            var silent = LargeFolders().Where(folder => !File.Exists(Readme(folder)));

            Assert.Empty(silent.Select(folder => Path.GetRelativePath(ProductAssemblies.Root, folder)));
        }

        [Fact]
        public void Readme_OfAFolderOfManyFiles_IsShort()
        {
            var talkative = LargeFolders().Where(folder => string.Join('\n', File.ReadLines(Readme(folder)).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))).Trim().Split('\n').Length > MaximumLines);

            Assert.Empty(talkative.Select(folder => Path.GetRelativePath(ProductAssemblies.Root, folder)));
        }

        private static string Readme(string folder) => Path.Combine(folder, "README.md");

        private static List<string> LargeFolders() =>
        [
            .. new[] { "src", "tests" }.SelectMany(root => ProductAssemblies.SourceFiles(root, "*"))
                .Where(path => !path.Split(Path.DirectorySeparatorChar).Contains("wwwroot") && Path.GetFileName(path) != "README.md")
                .GroupBy(path => Path.GetDirectoryName(path)!)
                // The .razor, .cs and .css of a component are one.
                .Where(folder => folder.DistinctBy(path => Path.GetFileName(path).Split('.')[0]).Count() > MaximumFiles)
                .Select(folder => folder.Key),
        ];

        /// <summary>Which folders of an assembly import one another in a circle, with a type of each that does.</summary>
        private static IReadOnlyList<string> EdgesOfCycles(ArchUnitNET.Domain.Architecture architecture, System.Reflection.Assembly assembly, string below)
        {
            var types = Types().That().ResideInAssembly(assembly).GetObjects(architecture)
                .Where(type => type.Namespace.FullName.StartsWith(below, StringComparison.Ordinal) && !IsComposition(type.Name))
                .ToHashSet();
            var edges = types
                .SelectMany(type => type.Dependencies.Where(dependency => types.Contains(dependency.Target)), (type, dependency) => (From: type, To: dependency.Target))
                .Where(edge => edge.From.Namespace.FullName != edge.To.Namespace.FullName)
                .DistinctBy(edge => (edge.From.Namespace.FullName, edge.To.Namespace.FullName))
                .ToList();

            // A folder that imports none of those left, or that none of them imports, is in no circle.
            for (var before = -1; before != edges.Count;)
            {
                before = edges.Count;
                var (importing, imported) = (edges.Select(edge => edge.From.Namespace.FullName).ToHashSet(), edges.Select(edge => edge.To.Namespace.FullName).ToHashSet());
                edges = [.. edges.Where(edge => importing.Contains(edge.To.Namespace.FullName) && imported.Contains(edge.From.Namespace.FullName))];
            }

            return [.. edges.Select(edge => $"{edge.From.Namespace.FullName} → {edge.To.Namespace.FullName}: {edge.From.Name} uses {edge.To.Name}").Order(StringComparer.Ordinal)];
        }

        /// <summary>What puts a program together knows all of it.</summary>
        private static bool IsComposition(string name) => name is "Program" or "Routes" or "App" or "AgentHost" or "DashboardHost" || name.EndsWith("Registration", StringComparison.Ordinal);
    }
}

namespace WsusDashboard.Architecture.Tests.Planted.Upper
{
    internal sealed record Room(Inner.Deep.Cellar? Below);
}

namespace WsusDashboard.Architecture.Tests.Planted.Upper.Inner.Deep
{
    internal sealed record Cellar(Room? Above);
}

namespace WsusDashboard.Architecture.Tests.Sound.Upper
{
    internal sealed record Room(Inner.Deep.Cellar? Below);
}

namespace WsusDashboard.Architecture.Tests.Sound.Upper.Inner.Deep
{
    internal sealed record Cellar;
}
