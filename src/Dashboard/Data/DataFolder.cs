using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Data;

/// <summary>The folder of a dashboard, held by one process: two dashboards on one folder would take each other's events.</summary>
internal sealed class DataFolder : IDisposable
{
    // What .NET gives for a file that another process holds: ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK elsewhere.
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;

    private readonly FileStream? _lock;

    private DataFolder(FileStream? held) => _lock = held;

    /// <exception cref="DashboardStartException">Another dashboard holds it, or its files can't be made.</exception>
    public static DataFolder Hold(DashboardOptions options)
    {
        try
        {
            var held = new FileStream(Path.Combine(options.DataDirectory, "dashboard.lock"), OwnFiles.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            OwnFiles.Close(options);
            return new(held);
        }
        catch (UnauthorizedAccessException)
        {
            // A folder that cannot be written: the opening of the database says so in the banner.
            return new(null);
        }
        catch (IOException exception)
        {
            var folder = $"{DashboardOptions.KeyOf(options.DataDirectory)} is \"{options.DataDirectory}\"";
            throw new DashboardStartException(exception.HResult is SharingViolation or WouldBlockLinux or WouldBlockMac
                ? $"{folder}, which another dashboard already uses. Stop it, or choose another folder."
                : $"{folder}, which can't be used: {exception.Message} Allowed: a folder that this account can write to, on a volume with free space.");
        }
    }

    public void Dispose() => _lock?.Dispose();
}
