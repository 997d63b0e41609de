namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>The working tree that this program was built from.</summary>
internal static class SourceTree
{
    public static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "WsusDashboard.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new BenchmarkFailure($"No folder above {AppContext.BaseDirectory} contains WsusDashboard.sln. Run this from the working tree.");
    }
}
