using System.Globalization;
using Microsoft.Data.Sqlite;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>Copies the database while it is in use (VACUUM INTO), and keeps the newest copies. A copy has its final name only when it is whole.</summary>
internal sealed class BackupJob(DashboardOptions options, TimeProvider timeProvider) : IJob
{
    private const string Prefix = "dashboard-";
    private const string Suffix = ".db";
    private const string Unfinished = ".part";

    public string Name => "backup";

    public string Schedule => string.Create(CultureInfo.InvariantCulture, $"30 {options.Jobs.NightlyHour} * * *");

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.BackupDirectory);
        var name = Prefix + timeProvider.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + Suffix;
        var path = Path.Combine(options.BackupDirectory, name);
        foreach (var leftover in Directory.EnumerateFiles(options.BackupDirectory, Prefix + "*" + Unfinished))
        {
            File.Delete(leftover);
        }

        await CopyAsync(path + Unfinished, cancellationToken);
        File.Move(path + Unfinished, path, overwrite: true);
        var removed = RemoveOldest();
        return string.Create(CultureInfo.InvariantCulture, $"Wrote {name} ({new FileInfo(path).Length / 1024:N0} KB); removed {removed} older copies, keeping at most {options.Jobs.BackupsKept}.");
    }

    private async Task CopyAsync(string path, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(DatabaseInitializer.ConnectionString(options));
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $path;";
        command.CommandTimeout = (int)TimeSpan.FromMinutes(10).TotalSeconds;
        command.Parameters.AddWithValue("$path", path);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private int RemoveOldest()
    {
        // The name has the time in it, so the order of names is the order of times.
        var old = Directory.GetFiles(options.BackupDirectory, Prefix + "*" + Suffix).OrderDescending(StringComparer.Ordinal).Skip(options.Jobs.BackupsKept).ToList();
        old.ForEach(File.Delete);
        return old.Count;
    }
}
