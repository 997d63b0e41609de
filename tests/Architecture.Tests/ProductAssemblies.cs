using ArchUnitNET.Loader;

namespace WsusDashboard.Architecture.Tests;

/// <summary>The assemblies of the product, read once.</summary>
internal static class ProductAssemblies
{
    public const string Shared = "WsusDashboard.Shared";
    public const string Emulation = "WsusDashboard.Iis.Emulation";
    public const string Agent = "WsusDashboard.Agent";
    public const string Dashboard = "WsusDashboard.Dashboard";
    public const string Simulator = "WsusDashboard.Simulator";

    /// <summary>It runs inside PowerShell, whose assembly isn't here: its references can be read, not its types.</summary>
    public const string PowerShell = "WsusDashboard.PowerShell";

    public static System.Reflection.Assembly Load(string name) => System.Reflection.Assembly.Load(name);

    public static ArchUnitNET.Domain.Architecture Types { get; } = new ArchLoader()
        .LoadAssemblies(Load(Shared), Load(Emulation), Load(Agent), Load(Dashboard), Load(Simulator))
        .Build();

    /// <summary>The root of the working tree: the folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Source files below a folder of the working tree, without build output and generated code.</summary>
    public static IEnumerable<string> SourceFiles(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "Migrations"));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "WsusDashboard.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds WsusDashboard.sln.");
    }
}
