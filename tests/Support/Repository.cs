namespace WsusDashboard.Support;

/// <summary>The working tree that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder of WsusDashboard.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WsusDashboard.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("WsusDashboard.sln is in no folder above the tests.");
        }

        return folder;
    }
}
