namespace WsusDashboard.Agent.Windows.Native;

/// <summary>Files of this server, opened so that nobody who replaces or deletes one is held up.</summary>
internal sealed class WindowsLibraryFiles : ILibraryFiles
{
    public string Expand(string path) => Environment.ExpandEnvironmentVariables(path);

    public Task<LibraryVersion?> FindAsync(string path, CancellationToken cancellationToken) =>
        WindowsFailures.CallAsync($"{path} couldn't be checked", () => Find(path), cancellationToken);

    public Task<byte[]?> ReadStartAsync(string path, int count, CancellationToken cancellationToken) =>
        WindowsFailures.CallAsync($"{path} couldn't be read", () => ReadStart(path, count), cancellationToken);

    private static LibraryVersion? Find(string path)
    {
        try
        {
            // Its length is refused where the file may not be looked at; whether it exists would be answered with no.
            var file = new FileInfo(path);
            return new LibraryVersion(file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static byte[]? ReadStart(string path, int count)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var bytes = new byte[count];
            return bytes[..file.ReadAtLeast(bytes, count, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
