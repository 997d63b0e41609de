using System.Reflection;

namespace WsusDashboard.Simulator.Tests;

/// <summary>Reference material beside the project; a test that needs it is skipped where it is absent.</summary>
internal static class SharedMaterial
{
    public static string Find(string name)
    {
        var folder = typeof(SharedMaterial).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == "SharedMaterial")?.Value ?? "";
        var path = Path.Combine(folder, "data", name);
        if (!File.Exists(path))
        {
            Assert.Skip($"{name} is not beside the project ({path}).");
        }

        return path;
    }
}
