using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Dashboard.Security.Joining;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Backups;

/// <summary>A backup that was written.</summary>
internal sealed record WrittenBackup(string Path, long Bytes, BackupManifest Manifest);

/// <summary>
/// Writes the whole dashboard into one file: the database as it is at one moment, and what belongs to it. A dashboard may run beside it. The keys stay out unless someone asks for them: with them, whoever has
/// the file has the dashboard.
/// </summary>
internal sealed class BackupWriter(DashboardOptions options, DatabaseProvider provider, TimeProvider timeProvider)
{
    public const string Switch = "--backup";

    /// <summary>Beside <see cref="Switch"/>: the keys go into the file, too.</summary>
    public const string KeysSwitch = "--with-keys";

    public const string Prefix = "wsusdashboard-";
    public const string Suffix = ".zip";

    private static readonly string Version = typeof(BackupWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>The files of the data folder that only a backup with keys has.</summary>
    public static IReadOnlyList<string> SecretFiles { get; } = [IdentityKeys.FileName, IdentityKeys.NextFileName, KeyFile.FileName];

    /// <summary>Not secret: who the dashboard is for agents, and where its audit ends.</summary>
    public static IReadOnlyList<string> OpenFiles { get; } = [HubFiles.IdFile, "audit.head"];

    /// <param name="target">A new file, or a folder that gets one.</param>
    /// <param name="withKeys">With the key file and the identity.</param>
    /// <param name="cancellationToken">Ends it; nothing is left then.</param>
    /// <exception cref="DashboardStartException">It can't be done; the message says why.</exception>
    public async Task<WrittenBackup> WriteAsync(string target, bool withKeys, CancellationToken cancellationToken)
    {
        var key = KeyOf(options);
        var path = PathOf(target);
        var work = path + BackupFiles.Unfinished;
        var copy = path + ".database" + BackupFiles.Unfinished;
        try
        {
            var manifest = provider.IsPostgreSql ? await DumpAsync(copy, cancellationToken) : await CopyAsync(copy, cancellationToken);
            await PackAsync(work, copy, manifest, key, withKeys, cancellationToken);
            File.Move(work, path);
            return new(path, new FileInfo(path).Length, manifest);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException or NpgsqlException)
        {
            throw new DashboardStartException($"The backup \"{path}\" can't be written: {exception.Message}");
        }
        finally
        {
            File.Delete(work);
            File.Delete(copy);
        }
    }

    public static byte[] ProofOf(KeyFile key, byte[] manifest) => HMACSHA256.HashData(key.Derive("backup"), manifest);

    /// <summary>Never a new key: nothing that was made with it belongs to the database.</summary>
    private static KeyFile KeyOf(DashboardOptions options) => File.Exists(options.KeyFilePath)
        ? KeyFile.Open(options)
        : throw new DashboardStartException($"There is no key file {options.KeyFilePath}, so no dashboard was ever started with these options. Set {DashboardOptions.KeyOf(options.DataDirectory)} or {DashboardOptions.KeyOf(options.KeyFile)}.");

    private string PathOf(string target)
    {
        var path = Directory.Exists(target) || Path.EndsInDirectorySeparator(target) ? Path.Combine(target, Prefix + timeProvider.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + Suffix) : target;
        path = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DashboardStartException($"The backup \"{path}\" can't be written: {exception.Message}");
        }

        return File.Exists(path) ? throw new DashboardStartException($"The file \"{path}\" exists already, and a backup never replaces one. Name another file, or a folder.") : path;
    }

    private async Task<BackupManifest> CopyAsync(string copy, CancellationToken cancellationToken)
    {
        if (!File.Exists(options.DatabasePath))
        {
            throw new DashboardStartException($"There is no database {options.DatabasePath} to back up.");
        }

        OwnFiles.Prepare(copy);
        await using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder(provider.ConnectionString) { Pooling = false }.ToString()))
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO $path;";
            command.CommandTimeout = (int)TimeSpan.FromMinutes(30).TotalSeconds;
            command.Parameters.AddWithValue("$path", copy);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        // Counted in the copy: the database goes on.
        await using var database = new BackupDatabase(provider);
        await using var counting = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = copy, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await counting.OpenAsync(cancellationToken);
        return Describe(await database.ReadMigrationsAsync(cancellationToken), await database.CountAsync(counting, cancellationToken));
    }

    private async Task<BackupManifest> DumpAsync(string copy, CancellationToken cancellationToken)
    {
        OwnFiles.Prepare(copy);
        await using var database = new BackupDatabase(provider);
        var parts = new NpgsqlConnectionStringBuilder(provider.ConnectionString) { Pooling = false };
        parts.Options = $"{parts.Options} -c idle_in_transaction_session_timeout=0".Trim();
        await using var connection = new NpgsqlConnection(parts.ToString());
        await connection.OpenAsync(cancellationToken);

        // The counts and the dump see the same moment.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var export = new NpgsqlCommand("SELECT pg_export_snapshot()", connection, transaction);
        var snapshot = (string)(await export.ExecuteScalarAsync(cancellationToken))!;
        var manifest = Describe(await database.ReadMigrationsAsync(cancellationToken), await database.CountAsync(connection, cancellationToken));
        await PostgreSqlTools.RunAsync("pg_dump", provider.ConnectionString, ["--format=custom", "--no-owner", "--no-privileges", "--exclude-schema=hangfire", $"--snapshot={snapshot}", $"--file={copy}"], cancellationToken);
        return manifest;
    }

    private BackupManifest Describe(IReadOnlyList<string> migrations, IReadOnlyList<TableCount> tables) => new()
    {
        MadeAt = timeProvider.GetUtcNow(),
        ProductVersion = Version,
        Provider = provider.IsPostgreSql ? DatabaseOptions.PostgreSql : DatabaseOptions.Sqlite,
        Migrations = migrations,
        Tables = tables,
    };

    private async Task PackAsync(string work, string copy, BackupManifest manifest, KeyFile key, bool withKeys, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(work, PrivateFile.Options(FileMode.Create));
        await using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        List<BackupFile> files = [await AddAsync(zip, provider.IsPostgreSql ? BackupManifest.PostgreSqlName : BackupManifest.SqliteName, copy, cancellationToken)];
        foreach (var name in withKeys ? OpenFiles.Concat(SecretFiles) : OpenFiles)
        {
            var path = name == KeyFile.FileName ? options.KeyFilePath : Path.Combine(options.DataDirectory, name);
            if (File.Exists(path))
            {
                files.Add(await AddAsync(zip, name, path, cancellationToken));
            }
        }

        var text = JsonSerializer.SerializeToUtf8Bytes(manifest with { Files = files }, JsonColumn.Json);
        await AddAsync(zip, BackupManifest.FileName, new MemoryStream(text), cancellationToken);
        await AddAsync(zip, BackupManifest.ProofName, new MemoryStream(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(ProofOf(key, text)))), cancellationToken);
    }

    private static async Task<BackupFile> AddAsync(ZipArchive zip, string name, string path, CancellationToken cancellationToken)
    {
        await using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return await AddAsync(zip, name, source, cancellationToken);
    }

    private static async Task<BackupFile> AddAsync(ZipArchive zip, string name, Stream source, CancellationToken cancellationToken)
    {
        await using var entry = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, bytes) = (new byte[81_920], 0L);
        for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0; bytes += read)
        {
            hash.AppendData(buffer, 0, read);
            await entry.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return new(name, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
