using Bunit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MudBlazor.Services;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Components.Layout;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Data;

/// <summary>A damaged database is set aside, never deleted; the newest backup that can be used takes its place, or nothing, and everyone is told.</summary>
public sealed class DatabaseRescueTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string DatabasePath => _folder.File("dashboard.db");

    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_FileIsNoDatabaseAndThereIsNoBackup_SetsItAsideAndBeginsEmpty()
    {
        await File.WriteAllTextAsync(DatabasePath, new string('x', 20_000), Token);

        await using var dashboard = await TestDashboard.StartAsync(_folder);

        Assert.True(dashboard.Get<DatabaseInitializer>().IsOpen);
        var report = dashboard.Get<DatabaseRescue>().Report!;
        Assert.True(report.IsDone);
        Assert.Null(report.Backup);
        Assert.Matches("^dashboard\\.db\\.damaged-[0-9]{8}-[0-9]{6}$", report.SetAside);
        Assert.Equal(new string('x', 20_000), await File.ReadAllTextAsync(_folder.File(report.SetAside), Token));
        var entry = await AuditEntryAsync(dashboard);
        Assert.Equal(("an empty database", "done"), (entry.After, entry.Outcome));
        Assert.Contains(report.SetAside, entry.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FileIsDamagedAndThereAreBackups_BeginsWithTheNewest()
    {
        var backups = await MakeBackupsAsync("BRN-WSUS01", "BRN-WSUS02", "BRN-WSUS03");
        Damage(DatabasePath);

        await using var dashboard = await TestDashboard.StartAsync(_folder);

        Assert.Equal(backups[^1], dashboard.Get<DatabaseRescue>().Report!.Backup);
        Assert.Equal(["BRN-WSUS01", "BRN-WSUS02", "BRN-WSUS03"], await NamesAsync(dashboard));
        var entry = await AuditEntryAsync(dashboard);
        Assert.Equal($"backup {backups[^1]}", entry.After);

        // What came after the backup is named: it is only in the file that was set aside.
        Assert.Equal("an audit up to entry 4", entry.Before);
        Assert.Equal("wal", await ScalarAsync(DatabasePath, "PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Start_NewestBackupsCannotBeUsed_TakesTheNewestThatCan()
    {
        var backups = await MakeBackupsAsync("BRN-WSUS01", "BRN-WSUS02", "BRN-WSUS03");
        await ScalarAsync(Path.Combine(_folder.Path, "backups", backups[2]), "UPDATE __EFMigrationsHistory SET MigrationId = '20261122215737_Initial'");
        Damage(Path.Combine(_folder.Path, "backups", backups[1]));
        Damage(DatabasePath);

        await using var dashboard = await TestDashboard.StartAsync(_folder);

        Assert.Equal(backups[0], dashboard.Get<DatabaseRescue>().Report!.Backup);
        Assert.Equal(["BRN-WSUS01"], await NamesAsync(dashboard));
    }

    [Fact]
    public async Task Start_FileWasEmptied_IsNotTakenForANewOne()
    {
        await MakeBackupsAsync("BRN-WSUS01");
        await File.WriteAllBytesAsync(DatabasePath, [], Token);

        await using var dashboard = await TestDashboard.StartAsync(_folder);

        Assert.NotNull(dashboard.Get<DatabaseRescue>().Report);
        Assert.Equal(["BRN-WSUS01"], await NamesAsync(dashboard));
    }

    [Fact]
    public async Task Start_FileIsGone_BeginsWithTheNewestBackupAndSaysSo()
    {
        var backups = await MakeBackupsAsync("BRN-WSUS01");
        foreach (var end in new[] { "", "-wal", "-shm" })
        {
            File.Delete(DatabasePath + end);
        }

        await using var dashboard = await TestDashboard.StartAsync(_folder);

        var report = dashboard.Get<DatabaseRescue>().Report!;
        Assert.Equal((true, backups[^1], true), (report.WasMissing, report.Backup, report.IsDone));
        Assert.Equal(["BRN-WSUS01"], await NamesAsync(dashboard));
        Assert.Equal($"backup {backups[^1]}", (await AuditEntryAsync(dashboard)).After);
    }

    [Fact]
    public async Task Start_DamageInsideThatWasMetBefore_IsLookedForAndFound()
    {
        var backups = await MakeBackupsAsync("BRN-WSUS01");
        await ScalarAsync(DatabasePath, "CREATE TABLE Filler(Text TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO Filler SELECT hex(randomblob(2000)) FROM n");
        await using (var file = File.OpenWrite(DatabasePath))
        {
            file.Seek(-400_000, SeekOrigin.End);
            await file.WriteAsync(new byte[200_000], Token);
        }

        // It opens: the pages that every start reads are whole.
        await using (var dashboard = await TestDashboard.StartAsync(_folder))
        {
            Assert.Null(dashboard.Get<DatabaseRescue>().Report);
            dashboard.Get<StorageHealth>().ReportFailure(StorageProblem.Damaged);
        }

        Release();
        await using var next = await TestDashboard.StartAsync(_folder);

        Assert.Equal(backups[^1], next.Get<DatabaseRescue>().Report!.Backup);
    }

    [Fact]
    public async Task Start_AfterOneThatWasKilledInTheMiddle_GoesOnAndDeletesNothing()
    {
        var backups = await MakeBackupsAsync("BRN-WSUS01");
        Damage(DatabasePath);
        var damaged = await File.ReadAllBytesAsync(DatabasePath, Token);
        var killed = NewRescue();
        killed.SetAside();
        killed.Restore(Path.Combine(_folder.Path, "backups", backups[0]));

        await using var dashboard = await TestDashboard.StartAsync(_folder);

        var report = dashboard.Get<DatabaseRescue>().Report!;
        Assert.Equal((true, backups[0]), (report.IsDone, report.Backup));
        Assert.Equal(damaged, await File.ReadAllBytesAsync(_folder.File(report.SetAside), Token));
        Assert.Equal(["BRN-WSUS01"], await NamesAsync(dashboard));
    }

    [Fact]
    public async Task Banner_AfterARescue_IsShownUntilAnAdminDismissesIt()
    {
        await File.WriteAllTextAsync(DatabasePath, new string('x', 20_000), Token);
        await using (var first = await TestDashboard.StartAsync(_folder))
        {
            await AuditEntryAsync(first);
        }

        await using var dashboard = await TestDashboard.StartAsync(_folder);
        await dashboard.AddPersonAsync("admin", new Grant(Role.Admin, SiteScope.WholeFleet));
        await dashboard.AddPersonAsync("viewer", new Grant(Role.Viewer, SiteScope.WholeFleet));
        using var admin = dashboard.Browser();
        await admin.SignInAsync("admin", TestPeople.Password);
        using var viewer = dashboard.Browser();
        await viewer.SignInAsync("viewer", TestPeople.Password);
        using var stranger = dashboard.Browser();
        var name = dashboard.Get<DatabaseRescue>().Report!.SetAside;

        Assert.Equal((true, true), Seen(await admin.GetStringAsync(new Uri("/", UriKind.Relative), Token)));
        Assert.Equal((true, false), Seen(await viewer.GetStringAsync(new Uri("/", UriKind.Relative), Token)));
        using var lost = await stranger.GetAsync(new Uri("/no-such-page", UriKind.Relative), Token);
        Assert.Equal((false, false), Seen(await lost.Content.ReadAsStringAsync(Token)));
        dashboard.Get<DatabaseRescue>().Dismiss();
        Assert.Equal((false, false), Seen(await admin.GetStringAsync(new Uri("/", UriKind.Relative), Token)));

        (bool IsTold, bool IsOffered) Seen(string page) => (page.Contains(name, StringComparison.Ordinal), page.Contains("Dismiss for everyone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Banner_DismissedByAnAdmin_GoesAndIsInTheAudit()
    {
        using var database = new TestDatabase();
        using var log = database.CreateAuditLog(TimeProvider.System);
        await File.WriteAllTextAsync(DatabasePath, "damaged", Token);
        var rescue = NewRescue();
        rescue.SetAside();
        rescue.Finish(null);
        await using var page = new BunitContext();
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddMudServices();
        page.Services.AddSingleton(rescue);
        page.Services.AddSingleton(new AuditTrail(log, Caller.OfDashboard));
        var banner = page.Render<RescueBanner>();

        await banner.Find("button").ClickAsync(new());

        banner.WaitForAssertion(() => Assert.Equal("", banner.Markup.Trim()), Eventually.Limit);
        Assert.Null(NewRescue().Report);
        await using var context = database.CreateSecurityContext();
        Assert.Equal("database.dismiss", (await context.AuditEntries.SingleAsync(Token)).What);
    }

    [Fact]
    public async Task Files_OfTheDataFolder_AreForTheDashboardsAccountAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the folder's permissions hold.");
        var backups = await MakeBackupsAsync("BRN-WSUS01");
        var opened = new[] { DatabasePath, _folder.File("dashboard.key"), _folder.File("audit.head"), Path.Combine(_folder.Path, "backups", backups[0]) };
        foreach (var path in opened)
        {
            // As an earlier version left it.
            SetMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        await using var dashboard = await TestDashboard.StartAsync(_folder);
        await AddServerAsync(dashboard, "BRN-WSUS02");
        await dashboard.Get<BackupJob>().RunAsync(Token);
        Assert.Equal(32, dashboard.Get<HubIdentity>().Id.Length);
        Assert.NotNull(dashboard.Get<HubIdentity>().Keys.Current);

        var files = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(_folder.Path, path), ModeOf);
        string[] expected = ["dashboard.db", "dashboard.db-wal", "dashboard.db-shm", "dashboard.key", "dashboard.lock", "audit.head", "hub.id", "identity.pem"];
        Assert.Empty(expected.Except(files.Keys));
        Assert.Equal(2, files.Keys.Count(name => name.StartsWith("backups", StringComparison.Ordinal)));
        Assert.DoesNotContain(files, file => file.Value != (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, ModeOf(_folder.File("backups")));
    }

    private DatabaseRescue NewRescue()
    {
        var options = new DashboardOptions { DataDirectory = _folder.Path };
        return new(options, new StorageHealth(DatabaseProvider.From(options), TimeProvider.System), TimeProvider.System, NullLogger<DatabaseRescue>.Instance);
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    /// <summary>Overwrites the beginning, which names the format and the first table.</summary>
    private static void Damage(string path)
    {
        using var file = File.OpenWrite(path);
        file.Write(new byte[8_192]);
    }

    private static async Task<object?> ScalarAsync(string path, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Token);
    }

    private static async Task AddServerAsync(TestDashboard dashboard, string name)
    {
        await using var scope = dashboard.Services.CreateOwnScope();
        var added = await scope.ServiceProvider.GetRequiredService<ServerService>().AddAsync(new() { Name = name, Address = $"https://{name}:1", Site = "BRN" }, Token);
        Assert.True(added.IsSuccess, added.Failure?.Message);
    }

    private static Task<List<string>> NamesAsync(TestDashboard dashboard) => dashboard.ReadAsync(context => context.Servers.OrderBy(server => server.Name).Select(server => server.Name).ToListAsync(Token));

    private static Task<AuditEntry> AuditEntryAsync(TestDashboard dashboard) => Eventually.Async(
        async () =>
        {
            await using var context = await dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token);
            return (await context.AuditEntries.AsNoTracking().SingleOrDefaultAsync(entry => entry.What == "database.rescue", Token))!;
        },
        entry => entry is not null);

    /// <summary>A dashboard that adds these servers and makes a backup after each, and one audit entry more; the values are the names of the backups.</summary>
    private async Task<IReadOnlyList<string>> MakeBackupsAsync(params string[] names)
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Clock.Start);
        await using (var dashboard = await TestDashboard.StartAsync(_folder))
        {
            foreach (var name in names)
            {
                await AddServerAsync(dashboard, name);
                await new BackupJob(dashboard.Get<DashboardOptions>(), clock).RunAsync(Token);
                clock.Advance(TimeSpan.FromDays(1));
            }

            await dashboard.Get<Dashboard.Security.Auditing.AuditLog>().WriteAsync("tests", Dashboard.Security.CallerIdentity.Dashboard, new() { What = "test", Outcome = "done" });
        }

        Release();
        return [.. Directory.GetFiles(_folder.File("backups")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
    }

    /// <summary>Closes what the pool holds open, so that all is in the one file.</summary>
    private void Release()
    {
        using var connection = new SqliteConnection(DatabaseInitializer.ConnectionString(new DashboardOptions { DataDirectory = _folder.Path }));
        SqliteConnection.ClearPool(connection);
    }
}
