using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Data;

/// <summary>What was done about a database file that was damaged or missing.</summary>
/// <param name="At">UTC.</param>
/// <param name="SetAside">Name that a damaged file got, in the data folder; of a missing one, what lay beside it.</param>
/// <param name="AuditHead">What the file that names the newest audit entry held then; null where there was none.</param>
public sealed record RescueReport(DateTimeOffset At, string SetAside, string? AuditHead)
{
    /// <summary>Name of the backup in its place; null = an empty database.</summary>
    public string? Backup { get; init; }

    /// <summary>False until something is in its place: a start that was ended in the middle goes on.</summary>
    public bool IsDone { get; init; }

    public bool IsAudited { get; init; }

    /// <summary>True where there was no file any more, so that nothing could be set aside.</summary>
    public bool WasMissing { get; init; }

    /// <summary>For a person.</summary>
    [JsonIgnore]
    public string Message => (WasMissing ? "The database file was missing from the data folder" : $"The database was damaged. It was set aside as {SetAside} in the data folder") + (Backup is null
        ? ", and WsusDashboard started with an empty one because there was no backup it could use. Servers have to be paired again, and people invited again; agents send their recent history again."
        : $", and WsusDashboard started with the backup {Backup}. People, roles, tokens and servers are as they were then: check who may sign in. Agents send their recent history again.");
}

/// <summary>
/// Sets a damaged SQLite file aside, never over another one, and puts the newest backup that can be used in its place, or nothing. What was done stands in a
/// file of its own from before the first move, so that a start that is killed in the middle is finished by the next. Threading: the report is replaced as a
/// whole; only the opening of the database, the auditor and an admin change it.
/// </summary>
internal sealed partial class DatabaseRescue(DashboardOptions options, StorageHealth health, TimeProvider timeProvider, ILogger<DatabaseRescue> logger)
{
    private static readonly string[] Beside = ["", "-wal", "-shm"];

    private RescueReport? _report;
    private bool _hasRead;

    private string ReportPath => Path.Combine(options.DataDirectory, "dashboard.rescue");

    /// <summary>Its presence asks the next start to look through the whole file.</summary>
    private string SuspicionPath => Path.Combine(options.DataDirectory, "dashboard.suspect");

    /// <summary>What people haven't dismissed yet; null where all is well.</summary>
    public RescueReport? Report
    {
        get
        {
            if (!_hasRead)
            {
                (_report, _hasRead) = (Read(), true);
            }

            return _report;
        }
    }

    /// <summary>Raised when the report changes: a handler only signals.</summary>
    public event Action? Changed;

    /// <summary>What damage the dashboard meets while it runs, its next start looks for.</summary>
    public void Watch() => health.Changed += () =>
    {
        if (health.Current.Problem == StorageProblem.Damaged)
        {
            Try(() => PrivateFile.Write(SuspicionPath, []));
        }
    };

    /// <summary>True where the file can't be used although SQLite would begin with it: it's gone, was emptied, or is damaged somewhere inside.</summary>
    public bool IsLostOrDamaged()
    {
        // SQLite takes an empty file, or none, for a new database; one with an audit, or with backups, was no new one.
        var file = new FileInfo(options.DatabasePath);
        return !file.Exists || file.Length == 0
            ? File.Exists(options.AuditHeadPath) || BackupFiles.NewestFirst(options).Count > 0
            : File.Exists(SuspicionPath) && !IsSound(options.DatabasePath);
    }

    /// <summary>The file is in use, and all of it can be read.</summary>
    public void Trust() => Try(() => File.Delete(SuspicionPath));

    /// <summary>Moves the damaged file away, with what SQLite keeps beside it: together they may still be read by a person. Nothing is deleted.</summary>
    public void SetAside()
    {
        if (Report is not { IsDone: false })
        {
            var name = $"{Path.GetFileName(options.DatabasePath)}.damaged-{timeProvider.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
            Keep(new(timeProvider.GetUtcNow(), FreeName(name), File.Exists(options.AuditHeadPath) ? File.ReadAllText(options.AuditHeadPath) : null) { WasMissing = !File.Exists(options.DatabasePath) });
        }

        // Where the first try was ended in the middle, what lies there now gets a name of its own.
        var aside = InFolder(File.Exists(InFolder(Report!.SetAside)) ? FreeName(Report.SetAside) : Report.SetAside);
        foreach (var end in Beside.Where(end => File.Exists(options.DatabasePath + end)))
        {
            File.Move(options.DatabasePath + end, aside + end, overwrite: true);
        }
    }

    /// <summary>The backups that are whole, newest first.</summary>
    public IEnumerable<string> SoundBackups() => BackupFiles.NewestFirst(options).Where(IsSound);

    /// <summary>Puts a copy of a backup in place.</summary>
    public void Restore(string backup)
    {
        var unfinished = options.DatabasePath + BackupFiles.Unfinished;
        File.Delete(unfinished);
        using (var source = File.OpenRead(backup))
        using (var copy = new FileStream(unfinished, OwnFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.None)))
        {
            source.CopyTo(copy);
            copy.Flush(flushToDisk: true);
        }

        File.Move(unfinished, options.DatabasePath, overwrite: true);
    }

    /// <summary>Takes back a copy that turned out to be another version's.</summary>
    public void TakeBack()
    {
        foreach (var end in Beside)
        {
            File.Delete(options.DatabasePath + end);
        }
    }

    /// <param name="backup">Path of the backup that is in use now; null = none.</param>
    public void Finish(string? backup)
    {
        Keep(Report! with { Backup = backup is null ? null : Path.GetFileName(backup), IsDone = true });
        Trust();
        Log.Rescued(logger, options.DatabasePath, Report!.Message);
    }

    public void NoteAudited() => Keep(Report! with { IsAudited = true });

    /// <summary>An admin has read it.</summary>
    public void Dismiss()
    {
        Try(() => File.Delete(ReportPath));
        _report = null;
        Changed?.Invoke();
    }

    private string FreeName(string name)
    {
        var free = name;
        for (var number = 2; File.Exists(InFolder(free)); number++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        }

        return free;
    }

    private string InFolder(string name) => Path.Combine(options.DataDirectory, name);

    private static bool IsSound(string path)
    {
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA quick_check(1);";
            return command.ExecuteScalar() is "ok";
        }
        catch (SqliteException exception)
        {
            // One that is locked is no damaged one.
            return StorageFault.Of(exception) != StorageProblem.Damaged;
        }
    }

    private RescueReport? Read()
    {
        try
        {
            return File.Exists(ReportPath) ? JsonSerializer.Deserialize<RescueReport>(File.ReadAllText(ReportPath), JsonColumn.Json) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private void Keep(RescueReport report)
    {
        PrivateFile.Write(ReportPath, JsonSerializer.SerializeToUtf8Bytes(report, JsonColumn.Json));
        _report = report;
        Changed?.Invoke();
    }

    private static void Try(Action change)
    {
        try
        {
            change();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder that can't be written is told by the banner.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Path}: {Message}")]
        public static partial void Rescued(ILogger logger, string path, string message);
    }
}
