using System.Globalization;
using WsusDashboard.Dashboard.Backups;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>Writes a whole backup into a folder on another computer, and keeps the newest ones. It has no keys in it: a share is read by more people than the data folder.</summary>
internal sealed class OffsiteBackupJob(BackupWriter backups, DashboardOptions options) : IJob
{
    public string Name => "offsite-backup";

    /// <summary>After the backup beside the database.</summary>
    public string Schedule => string.Create(CultureInfo.InvariantCulture, $"45 {options.Jobs.NightlyHour} * * *");

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(options.Jobs.BackupFolder) + Path.DirectorySeparatorChar;
        var written = await backups.WriteAsync(folder, withKeys: false, cancellationToken);

        // The name has the time in it.
        var old = Directory.GetFiles(folder, $"{BackupWriter.Prefix}*{BackupWriter.Suffix}").OrderDescending(StringComparer.Ordinal).Skip(options.Jobs.BackupsKept).ToList();
        old.ForEach(File.Delete);
        return string.Create(CultureInfo.InvariantCulture, $"Wrote {Path.GetFileName(written.Path)} ({written.Bytes / 1024:N0} KB, {written.Manifest.Rows:N0} rows); removed {old.Count} older copies, keeping at most {options.Jobs.BackupsKept}.");
    }
}
