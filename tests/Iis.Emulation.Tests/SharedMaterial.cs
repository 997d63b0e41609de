using System.Reflection;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>Reference files that lie beside the project; a test that needs one is skipped where it is absent.</summary>
internal static class SharedMaterial
{
    public static string Find(string name)
    {
        var folder = typeof(SharedMaterial).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "SharedMaterial").Value!;
        var path = Path.Combine(folder, "data", name);
        Assert.SkipUnless(File.Exists(path), $"The reference file '{name}' is not beside the project.");
        return path;
    }
}
