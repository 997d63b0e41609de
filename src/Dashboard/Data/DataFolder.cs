using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Data;

/// <summary>The folder of a dashboard, held by one process: two dashboards on one folder would take each other's events.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream? _lock;

    private DataFolder(FileStream? held) => _lock = held;

    /// <exception cref="DashboardStartException">Another dashboard holds it.</exception>
    public static DataFolder Hold(DashboardOptions options)
    {
        try
        {
            return new(new FileStream(Path.Combine(options.DataDirectory, "dashboard.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException)
        {
            // A folder that cannot be written: the opening of the database says so in the banner.
            return new(null);
        }
        catch (IOException exception)
        {
            throw new DashboardStartException($"{DashboardOptions.KeyOf(options.DataDirectory)} is \"{options.DataDirectory}\", which another dashboard already uses ({exception.Message}). Stop it, or choose another folder.");
        }
    }

    public void Dispose() => _lock?.Dispose();
}
