using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Backups;

/// <summary>
/// Puts a backup into an empty place: a data folder without a database, or an empty PostgreSQL database. Everything is checked before anything is written, and every table is counted afterwards. The caller holds the data folder.
/// </summary>
internal sealed class BackupRestore(DashboardOptions options, DatabaseProvider provider)
{
    public const string Switch = "--restore";

    /// <summary>What a manifest and the small files are at most; the database may be as large as it is.</summary>
    private const int MaximumSmallBytes = 4 * 1024 * 1024;

    /// <exception cref="DashboardStartException">It can't be restored; the message says why.</exception>
    public async Task<BackupManifest> RunAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(path);
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            var manifest = ReadManifest(zip, path);
            await CheckTargetAsync(manifest, cancellationToken);
            await RestoreAsync(zip, manifest, cancellationToken);
            return manifest;
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or FormatException)
        {
            throw new DashboardStartException($"{Switch} is \"{path}\", which isn't a backup, or is damaged: {exception.Message} Nothing was restored.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException or NpgsqlException)
        {
            throw new DashboardStartException($"\"{path}\" can't be restored: {exception.Message}");
        }
    }

    private BackupManifest ReadManifest(ZipArchive zip, string path)
    {
        var text = ReadSmall(zip, BackupManifest.FileName) ?? throw new InvalidDataException($"{BackupManifest.FileName} is missing.");
        var proof = Convert.FromHexString(Encoding.ASCII.GetString(ReadSmall(zip, BackupManifest.ProofName) ?? throw new InvalidDataException($"{BackupManifest.ProofName} is missing.")));
        var key = ReadSmall(zip, KeyFile.FileName);
        if (!File.Exists(options.KeyFilePath))
        {
            if (key is null)
            {
                throw new DashboardStartException($"The backup \"{path}\" was made without keys, and there is no key file {options.KeyFilePath}. Put the key file of that dashboard there first: without it, sessions, authenticator apps and the proof of the audit are lost.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.KeyFilePath))!);
            PrivateFile.Write(options.KeyFilePath, key);
        }

        if (!CryptographicOperations.FixedTimeEquals(proof, BackupWriter.ProofOf(KeyFile.Open(options), text)))
        {
            throw new DashboardStartException($"The backup \"{path}\" doesn't belong to the key file {options.KeyFilePath}: another dashboard made it, or it was changed. Nothing was restored.");
        }

        return JsonSerializer.Deserialize<BackupManifest>(text, JsonColumn.Json)!;
    }

    private async Task CheckTargetAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        if (manifest.Provider != options.Database.Provider)
        {
            throw new DashboardStartException($"The backup holds a {manifest.Provider} database, and {DashboardOptions.KeyOf(options.Database.Provider)} is \"{options.Database.Provider}\". Nothing was restored. Set it to {manifest.Provider}; from sqlite you can then go to postgresql with --import-sqlite.");
        }

        await using var database = new BackupDatabase(provider);
        if (manifest.Migrations.Except(database.KnownMigrations).Any())
        {
            throw new DashboardStartException($"WsusDashboard {manifest.ProductVersion} made this backup, and this version can't use its database, which is newer or of another line. Nothing was restored. Install version {manifest.ProductVersion} and restore with it.");
        }

        if (!provider.IsPostgreSql)
        {
            if (File.Exists(options.DatabasePath))
            {
                throw new DashboardStartException($"There is a database already: {options.DatabasePath}. Nothing was restored. Move it away with what lies beside it (-wal, -shm), or restore into another {DashboardOptions.KeyOf(options.DataDirectory)}.");
            }

            return;
        }

        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(provider.ConnectionString) { Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public'", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is not 0L)
        {
            throw new DashboardStartException($"The database {provider.Name} isn't empty. Nothing was restored. Create a new one and name it in the connection string.");
        }
    }

    private async Task RestoreAsync(ZipArchive zip, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var name = provider.IsPostgreSql ? BackupManifest.PostgreSqlName : BackupManifest.SqliteName;
        var work = options.DatabasePath + ".restore" + BackupFiles.Unfinished;
        try
        {
            // Each is compared with its hash before any of them is put in its place.
            await UnpackAsync(zip, manifest, name, work, cancellationToken);
            var small = manifest.Files.Where(file => file.Name != name).ToDictionary(file => file.Name, file => Checked(file, ReadSmall(zip, file.Name)));
            if (provider.IsPostgreSql)
            {
                await PostgreSqlTools.RunAsync("pg_restore", provider.ConnectionString, ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", $"--dbname={new NpgsqlConnectionStringBuilder(provider.ConnectionString).Database}", work], cancellationToken);
                await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(provider.ConnectionString) { Pooling = false }.ToString());
                await connection.OpenAsync(cancellationToken);
                await CompareAsync(connection, manifest, cancellationToken);
            }
            else
            {
                await using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = work, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString()))
                {
                    await connection.OpenAsync(cancellationToken);
                    await CompareAsync(connection, manifest, cancellationToken);
                }

                File.Move(work, options.DatabasePath);
            }

            foreach (var (file, content) in small.Where(file => BackupWriter.OpenFiles.Concat(BackupWriter.SecretFiles).Contains(file.Key)))
            {
                // What is there belongs to this dashboard, and may be newer.
                var target = file == KeyFile.FileName ? options.KeyFilePath : Path.Combine(options.DataDirectory, file);
                if (!File.Exists(target))
                {
                    PrivateFile.Write(target, content);
                }
            }
        }
        finally
        {
            File.Delete(work);
        }
    }

    private async Task CompareAsync(System.Data.Common.DbConnection connection, BackupManifest manifest, CancellationToken cancellationToken)
    {
        await using var database = new BackupDatabase(provider);
        var restored = (await database.CountAsync(connection, cancellationToken)).ToDictionary(table => table.Name, table => table.Rows);
        foreach (var table in manifest.Tables)
        {
            if (restored.GetValueOrDefault(table.Name, -1) != table.Rows)
            {
                throw new DashboardStartException($"The table {table.Name} had {Wording.Number(table.Rows)} rows and has {Wording.Number(restored.GetValueOrDefault(table.Name, 0))} after the restore. Don't use this database.");
            }
        }
    }

    private static async Task UnpackAsync(ZipArchive zip, BackupManifest manifest, string name, string path, CancellationToken cancellationToken)
    {
        var file = manifest.Files.FirstOrDefault(file => file.Name == name) ?? throw new InvalidDataException($"{name} is missing.");
        await using var source = await (zip.GetEntry(name) ?? throw new InvalidDataException($"{name} is missing.")).OpenAsync(cancellationToken);
        await using var target = new FileStream(path, PrivateFile.Options(FileMode.Create));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, left) = (new byte[81_920], file.Bytes);
        for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0; left -= read)
        {
            if (read > left)
            {
                throw new InvalidDataException($"{name} is longer than it was.");
            }

            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
        {
            throw new InvalidDataException($"{name} isn't as it was written.");
        }
    }

    private static byte[] Checked(BackupFile file, byte[]? content) => content is not null && Convert.ToHexStringLower(SHA256.HashData(content)) == file.Sha256
        ? content
        : throw new InvalidDataException($"{file.Name} is missing, or isn't as it was written.");

    private static byte[]? ReadSmall(ZipArchive zip, string name)
    {
        if (zip.GetEntry(name) is not { } entry)
        {
            return null;
        }

        using var reading = entry.Open();
        var buffer = new byte[MaximumSmallBytes + 1];
        var length = reading.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length > MaximumSmallBytes ? throw new InvalidDataException($"{name} is too long.") : buffer[..length];
    }
}
