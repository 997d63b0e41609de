using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Backups;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Data;

/// <summary>Backup and restore: what comes out of an empty place is what went in, and nothing is written where something is wrong.</summary>
public abstract class BackupTests(DatabaseKind kind) : IDisposable
{
    private readonly TestDatabase _source = new(kind);
    private readonly TempFolder _target = new();
    private readonly TempFolder _backups = new();
    private PostgresCluster? _cluster;
    private string? _database;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
        _backups.Dispose();
        if (_database is not null)
        {
            _cluster!.DropDatabase(_database);
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Restore_IntoAnEmptyPlace_IsTheSameDashboard()
    {
        await FillAsync();
        var written = await BackUpAsync(withKeys: true);
        var options = NewTarget();

        var manifest = await RestoreAsync(options, written.Path);

        Assert.True(manifest.Rows >= 6, $"Only {manifest.Rows} rows.");
        Assert.Equal(await DumpAsync(_source.Options), await DumpAsync(options));
        Assert.Equal(await File.ReadAllBytesAsync(_source.Options.KeyFilePath, Token), await File.ReadAllBytesAsync(options.KeyFilePath, Token));
        Assert.Equal(await File.ReadAllBytesAsync(_source.Options.AuditHeadPath, Token), await File.ReadAllBytesAsync(options.AuditHeadPath, Token));
        Assert.Empty(Directory.GetFiles(options.DataDirectory, "*.part"));
    }

    [Fact]
    public async Task Backup_WithoutKeys_HoldsNoneAndNeedsTheKeyFile()
    {
        await FillAsync();
        var written = await BackUpAsync(withKeys: false);
        using (var zip = ZipFile.OpenRead(written.Path))
        {
            Assert.Empty(zip.Entries.Select(entry => entry.FullName).Intersect(BackupWriter.SecretFiles));
        }

        var options = NewTarget();
        await Assert.ThrowsAsync<DashboardStartException>(() => RestoreAsync(options, written.Path));
        Assert.False(File.Exists(options.DatabasePath));

        File.Copy(_source.Options.KeyFilePath, options.KeyFilePath);
        Assert.Equal(written.Manifest.Rows, (await RestoreAsync(options, written.Path)).Rows);
    }

    [Fact]
    public async Task Restore_WhereADatabaseIs_ChangesNothing()
    {
        await FillAsync();
        var written = await BackUpAsync(withKeys: true);
        var before = await DumpAsync(_source.Options);

        await Assert.ThrowsAsync<DashboardStartException>(() => RestoreAsync(_source.Options, written.Path));
        Assert.Equal(before, await DumpAsync(_source.Options));
    }

    [Fact]
    public async Task Restore_OfANewerDatabase_IsRefused()
    {
        await FillAsync();
        var written = await BackUpAsync(withKeys: true);
        var newer = Change(written.Path, BackupManifest.FileName, text => JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize<BackupManifest>(text, JsonColumn.Json)! with { Migrations = [.. written.Manifest.Migrations, "29990101000000_Later"], ProductVersion = "9.9.9" }, JsonColumn.Json));
        var options = NewTarget();

        var refused = await Assert.ThrowsAsync<DashboardStartException>(() => RestoreAsync(options, newer));
        Assert.Contains("9.9.9", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(options.DatabasePath));
    }

    [Theory]
    [InlineData(BackupManifest.FileName)]
    [InlineData(BackupManifest.ProofName)]
    [InlineData("dashboard")]
    public async Task Restore_OfAChangedFile_IsRefused(string file)
    {
        await FillAsync();
        var written = await BackUpAsync(withKeys: true);
        var name = file == "dashboard" ? written.Manifest.Provider == "sqlite" ? BackupManifest.SqliteName : BackupManifest.PostgreSqlName : file;
        var options = NewTarget();

        await Assert.ThrowsAsync<DashboardStartException>(() => RestoreAsync(options, Change(written.Path, name, content => [.. content[..^1], (byte)(content[^1] ^ 1)], reseal: false)));
        Assert.False(File.Exists(options.DatabasePath));
    }

    [Fact]
    public async Task Restore_WithTheKeyOfAnotherDashboard_IsRefused()
    {
        await FillAsync();
        var written = await BackUpAsync(withKeys: false);
        var options = NewTarget();
        KeyFile.Open(options);

        await Assert.ThrowsAsync<DashboardStartException>(() => RestoreAsync(options, written.Path));
    }

    [Fact]
    public async Task Backup_OntoAFile_LeavesItAsItIs()
    {
        await FillAsync();
        var path = Path.Combine(_backups.Path, "there.zip");
        await File.WriteAllTextAsync(path, "mine", Token);

        await Assert.ThrowsAsync<DashboardStartException>(() => new BackupWriter(_source.Options, _source.Provider, TimeProvider.System).WriteAsync(path, false, Token));
        Assert.Equal("mine", await File.ReadAllTextAsync(path, Token));
    }

    [Fact]
    public async Task OffsiteJob_Twice_KeepsAsManyAsTheOptionsSay()
    {
        await FillAsync();
        (_source.Options.Jobs.BackupFolder, _source.Options.Jobs.BackupsKept) = (_backups.Path, 1);
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Clock.Start);
        var job = new OffsiteBackupJob(new BackupWriter(_source.Options, _source.Provider, clock), _source.Options);

        await job.RunAsync(Token);
        clock.Advance(TimeSpan.FromDays(1));
        await job.RunAsync(Token);

        Assert.Equal([$"{BackupWriter.Prefix}{clock.GetUtcNow():yyyyMMdd-HHmmss}{BackupWriter.Suffix}"], Directory.GetFiles(_backups.Path).Select(path => Path.GetFileName(path)));
    }

    private async Task FillAsync()
    {
        var id = await _source.AddServerAsync("a");
        await _source.AddServerAsync("b");
        await _source.WriteAsync(context =>
        {
            context.StateChanges.Add(new() { ServerId = id, Subject = "pool", At = Clock.Start.UtcDateTime, Detail = "Zürich – Київ" });
            context.Repairs.Add(new() { ServerId = id, RepairId = "r", Playbook = "x", Run = "{}", StartedAt = Clock.Start.UtcDateTime });
        });
        using var audit = _source.CreateAuditLog(TimeProvider.System);
        await audit.AppendAsync([new() { What = "one", At = Clock.Start.UtcDateTime }, new() { What = "two", At = Clock.Start.UtcDateTime }]);
    }

    private Task<WrittenBackup> BackUpAsync(bool withKeys) => new BackupWriter(_source.Options, _source.Provider, TimeProvider.System).WriteAsync(_backups.Path, withKeys, Token);

    private static Task<BackupManifest> RestoreAsync(DashboardOptions options, string path) => new BackupRestore(options, DatabaseProvider.From(options)).RunAsync(path, Token);

    private DashboardOptions NewTarget()
    {
        var options = new DashboardOptions { DataDirectory = _target.Path };
        if (kind == DatabaseKind.PostgreSql)
        {
            (_cluster, _database) = TestClusters.CreateDatabase(isMigrated: false);
            options.Database.Provider = _source.Options.Database.Provider;
            options.Database.ConnectionString = _cluster.ConnectionString(_database);
        }

        return options;
    }

    /// <summary>All that the tests wrote, as text, and whether the audit is intact.</summary>
    private static async Task<string> DumpAsync(DashboardOptions options)
    {
        using var database = TestDatabase.Over(options);
        await using var context = database.CreateDbContext();
        var rows = new StringBuilder();
        foreach (var server in await context.Servers.AsNoTracking().OrderBy(server => server.Id).ToListAsync(Token))
        {
            rows.Append(JsonSerializer.Serialize(server, JsonColumn.Json)).Append('\n');
        }

        rows.Append(JsonSerializer.Serialize(await context.StateChanges.AsNoTracking().ToListAsync(Token), JsonColumn.Json)).Append('\n');
        rows.Append(JsonSerializer.Serialize(await context.Repairs.AsNoTracking().ToListAsync(Token), JsonColumn.Json)).Append('\n');
        var verdict = await database.CreateAuditVerification().VerifyAsync(Token);
        return rows.Append(verdict.IsIntact).Append(' ').Append(verdict.Checked).ToString();
    }

    /// <summary>The same backup with one file changed; sealed again with the key of its dashboard where the manifest should look right.</summary>
    private string Change(string path, string name, Func<byte[], byte[]> change, bool reseal = true)
    {
        var changed = Path.Combine(_backups.Path, "changed.zip");
        File.Copy(path, changed);
        using var zip = ZipFile.Open(changed, ZipArchiveMode.Update);
        var content = change(Take(zip, name));
        Put(zip, name, content);
        if (reseal)
        {
            Take(zip, BackupManifest.ProofName);
            Put(zip, BackupManifest.ProofName, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(BackupWriter.ProofOf(KeyFile.Open(_source.Options), content))));
        }

        return changed;
    }

    private static byte[] Take(ZipArchive zip, string name)
    {
        var entry = zip.GetEntry(name)!;
        using var content = new MemoryStream();
        using (var reading = entry.Open())
        {
            reading.CopyTo(content);
        }

        entry.Delete();
        return content.ToArray();
    }

    private static void Put(ZipArchive zip, string name, byte[] content)
    {
        using var writing = zip.CreateEntry(name).Open();
        writing.Write(content);
    }
}

public sealed class BackupOnSqliteTests() : BackupTests(DatabaseKind.Sqlite);

public sealed class BackupOnPostgreSqlTests() : BackupTests(DatabaseKind.PostgreSql);
