namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>A folder of one test, deleted with it.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("wsusdashboard-").FullName;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A file is still held on some systems; the folder is in the system's temporary one.
        }
    }
}
