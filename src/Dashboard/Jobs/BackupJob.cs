using System.Globalization;
using Microsoft.Data.Sqlite;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>Copies the database while it is in use (VACUUM INTO), and keeps the newest copies. A copy has its final name only when it is whole.</summary>
internal sealed class BackupJob(DashboardOptions options, TimeProvider timeProvider) : IJob
{
    public const string Id = "backup";

    public string Name => Id;

    public string Schedule => string.Create(CultureInfo.InvariantCulture, $"30 {options.Jobs.NightlyHour} * * *");

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        OwnFiles.PrepareFolder(options.BackupDirectory);
        var name = BackupFiles.NameFor(timeProvider.GetUtcNow());
        var path = Path.Combine(options.BackupDirectory, name);
        foreach (var leftover in BackupFiles.Leftovers(options))
        {
            File.Delete(leftover);
        }

        // SQLite takes an empty file, and leaves its mode as it is.
        OwnFiles.Prepare(path + BackupFiles.Unfinished);
        await CopyAsync(path + BackupFiles.Unfinished, cancellationToken);
        File.Move(path + BackupFiles.Unfinished, path, overwrite: true);
        var old = BackupFiles.NewestFirst(options).Skip(options.Jobs.BackupsKept).ToList();
        old.ForEach(File.Delete);
        return string.Create(CultureInfo.InvariantCulture, $"Wrote {name} ({new FileInfo(path).Length / 1024:N0} KB); removed {old.Count} older copies, keeping at most {options.Jobs.BackupsKept}.");
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
}
