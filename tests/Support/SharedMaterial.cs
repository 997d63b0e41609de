using System.Reflection;

namespace WsusDashboard.Support;

/// <summary>Third-party reference files that lie beside the project; a test that needs one is skipped where it is absent.</summary>
public static class SharedMaterial
{
    private static readonly string Folder = typeof(SharedMaterial).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == nameof(SharedMaterial)).Value!;

    public static string Find(string name)
    {
        var path = Path.Combine(Folder, "data", name);
        Assert.SkipUnless(File.Exists(path), $"The reference file {name} is not beside the project.");
        return path;
    }
}
