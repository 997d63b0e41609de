using System.Reflection;

namespace WsusDashboard.Agent.Tests.Support;

/// <summary>Third-party files that lie beside the project; a test that needs one is skipped where it is absent.</summary>
internal static class ReferenceData
{
    public static string Find(string name)
    {
        var folder = typeof(ReferenceData).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(entry => entry.Key == "SharedMaterial")?.Value ?? "";
        var path = Path.Combine(folder, "data", name);
        Assert.SkipUnless(File.Exists(path), $"The reference file {name} is not beside the project.");

        return path;
    }
}
