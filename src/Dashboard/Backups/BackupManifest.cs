namespace WsusDashboard.Dashboard.Backups;

/// <summary>What a backup holds, and what it has to be again after a restore: manifest.json.</summary>
internal sealed record BackupManifest
{
    public const string FileName = "manifest.json";

    /// <summary>HMAC-SHA256 of the manifest with a key of the key file; hexadecimal.</summary>
    public const string ProofName = "manifest.hmac";

    /// <summary>The database: a file of SQLite, or what pg_dump wrote.</summary>
    public const string SqliteName = "dashboard.db";
    public const string PostgreSqlName = "dashboard.dump";

    public DateTimeOffset MadeAt { get; init; }

    /// <summary>Version of the program that made it.</summary>
    public string ProductVersion { get; init; } = "";

    /// <summary>sqlite or postgresql.</summary>
    public string Provider { get; init; } = "";

    /// <summary>What made the tables, of both contexts.</summary>
    public IReadOnlyList<string> Migrations { get; init; } = [];

    public IReadOnlyList<TableCount> Tables { get; init; } = [];

    /// <summary>All files but the manifest and its proof.</summary>
    public IReadOnlyList<BackupFile> Files { get; init; } = [];

    public long Rows => Tables.Sum(table => table.Rows);
}

/// <summary>A table and its rows.</summary>
internal sealed record TableCount(string Name, long Rows);

/// <summary>A file of a backup.</summary>
/// <param name="Sha256">Lower-case hexadecimal.</param>
internal sealed record BackupFile(string Name, long Bytes, string Sha256);
