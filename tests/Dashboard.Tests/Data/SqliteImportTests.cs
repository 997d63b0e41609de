using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Importing;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Data;

/// <summary>From a SQLite file into a PostgreSQL database, in a real cluster.</summary>
public sealed class SqliteImportTests : IDisposable
{
    private const int Runs = 2_500;

    private readonly TestDatabase _source = new();
    private readonly DashboardOptions _options;

    public SqliteImportTests()
    {
        var (cluster, database) = TestClusters.CreateDatabase(isMigrated: false);
        _options = new DashboardOptions { DataDirectory = _source.Options.DataDirectory };
        _options.Database.Provider = DatabaseOptions.PostgreSql;
        _options.Database.ConnectionString = cluster.ConnectionString(database, pooling: false);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _source.Dispose();

    [Fact]
    public async Task Run_FileWithEveryKindOfColumn_TakesEachRowOverAndTheChainGoesOn()
    {
        var server = await FillAsync();

        var imported = await ImportAsync();

        Assert.Equal(Runs, imported.Single(table => table.Name == "SyncRuns").Rows);
        await using var before = _source.CreateDbContext();
        await using var after = OpenTarget();
        foreach (var table in imported)
        {
            Assert.Equal(await CountAsync(before, table.Name), await CountAsync(after, table.Name));
        }

        var (expected, run) = (await before.SyncRuns.OrderByDescending(entity => entity.Id).FirstAsync(Token), await after.SyncRuns.OrderByDescending(entity => entity.Id).FirstAsync(Token));
        Assert.Equal((expected.Id, expected.StartedAt, expected.StartedAt.Kind, expected.Result, expected.IsCounted, expected.ErrorCode, expected.EndedAt), (run.Id, run.StartedAt, run.StartedAt.Kind, run.Result, run.IsCounted, run.ErrorCode, run.EndedAt));
        Assert.Equal(await before.SyncPeriods.Select(period => period.Runs).SingleAsync(Token), await after.SyncPeriods.Select(period => period.Runs).SingleAsync(Token));

        // A number that was taken over isn't given again.
        after.Servers.Add(TestDatabase.NewServer("BSL-WSUS02"));
        await after.SaveChangesAsync(Token);
        Assert.Equal(server + 1, await after.Servers.MaxAsync(entity => entity.Id, Token));
    }

    [Fact]
    public async Task Run_PeopleAndAudit_KeepTheirSecretsAndTheProof()
    {
        await FillAsync();

        await ImportAsync();

        await using var before = _source.CreateSecurityContext();
        await using var after = OpenSecurity();
        var (expected, person) = (await before.Users.SingleAsync(Token), await after.Users.SingleAsync(Token));
        Assert.Equal((expected.Id, expected.LockoutEnd, expected.IsDisabled, expected.CreatedAt), (person.Id, person.LockoutEnd, person.IsDisabled, person.CreatedAt));
        var passkey = await after.Set<IdentityUserPasskey<string>>().SingleAsync(Token);
        Assert.Equal([1, 2, 3], passkey.CredentialId);
        Assert.Equal([4, 5], passkey.Data.PublicKey);
        Assert.Equal(("phone", 7u, Clock.Start), (passkey.Data.Name, passkey.Data.SignCount, passkey.Data.CreatedAt));
        var chain = _source.CreateAuditChain();
        Assert.True((await new AuditVerification(new Factory(OpenSecurity), chain, new AuditHead(_options, chain)).VerifyAsync(Token)).IsIntact);
    }

    [Fact]
    public async Task Run_SecondTime_RefusesAndNamesTheTable()
    {
        await FillAsync();
        await ImportAsync();

        var refused = await Assert.ThrowsAsync<DashboardStartException>(ImportAsync);

        AssertText.Tells(refused.Message, "isn't empty");
        await using var after = OpenTarget();
        Assert.Equal(Runs, await after.SyncRuns.CountAsync(Token));
    }

    [Fact]
    public async Task Run_RowThatPostgreSqlRefuses_TakesNothingOver()
    {
        await FillAsync();
        await using (var context = _source.CreateDbContext())
        {
            // PostgreSQL has no text with a zero character; SQLite has.
            await context.SyncRuns.Take(1).ExecuteUpdateAsync(update => update.SetProperty(run => run.ErrorText, "a\0b"), Token);
        }

        await Assert.ThrowsAsync<DashboardStartException>(ImportAsync);

        await using var after = OpenTarget();
        Assert.Equal((0, 0), (await after.Servers.CountAsync(Token), await after.SyncRuns.CountAsync(Token)));
    }

    [Fact]
    public async Task Run_DashboardUsesTheDatabase_Refuses()
    {
        await FillAsync();
        await using var other = new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder(_options.Database.ConnectionString) { ApplicationName = "WsusDashboard" }.ToString());
        await other.OpenAsync(Token);

        await Assert.ThrowsAsync<DashboardStartException>(ImportAsync);
    }

    [Fact]
    public async Task Run_WhatCannotBeImported_IsNamedWithWhatIsAllowed()
    {
        using var elsewhere = new TempFolder();
        var foreign = elsewhere.File("dashboard.db");
        File.Copy(_source.Options.DatabasePath, foreign);
        var text = Path.Combine(_options.DataDirectory, "notes.db");
        await File.WriteAllTextAsync(text, new string('x', 8_192), Token);
        var older = Path.Combine(_options.DataDirectory, "older.db");
        File.Copy(_source.Options.DatabasePath, older);
        await ExecuteAsync(older, "UPDATE \"__EFMigrationsHistory\" SET \"MigrationId\" = '20200101000000_Initial'");

        foreach (var path in new[] { Path.Combine(_options.DataDirectory, "none.db"), foreign, text, older })
        {
            var refused = await Assert.ThrowsAsync<DashboardStartException>(() => ImportAsync(path, _options));
            AssertText.Tells(refused.Message, SqliteImport.Switch, path);
        }

        var sqlite = await Assert.ThrowsAsync<DashboardStartException>(() => ImportAsync(_source.Options.DatabasePath, _source.Options));
        AssertText.Tells(sqlite.Message, "Dashboard:Database:Provider", "sqlite", "postgresql");
    }

    /// <summary>A server with runs and their roll-up, a person with a passkey, and an audit. The value is the server's number.</summary>
    private async Task<int> FillAsync()
    {
        await _source.AddServerAsync("ZRH-WSUS00");
        var server = await _source.AddServerAsync("BRN-WSUS01");
        await _source.WriteAsync(context => context.SyncRuns.AddRange(Enumerable.Range(0, Runs).Select(index => new SyncRunEntity
        {
            ServerId = server,
            RunId = $"wsus-{index}",
            Source = SyncSource.Wsus,
            StartedAt = Clock.Start.UtcDateTime.AddMinutes(-index).AddTicks(1_234_560),
            EndedAt = index % 3 == 0 ? null : Clock.Start.UtcDateTime.AddMinutes(1 - index),
            Result = index % 2 == 0 ? SyncResult.Failed : SyncResult.Succeeded,
            ErrorCode = -2_147_467_259,
            ErrorText = "Zeitüberschreitung ✓",
            IsCounted = index % 5 != 0,
        })));
        await using var security = _source.CreateSecurityContext();
        security.Users.Add(new Person { Id = "p1", UserName = "anna", DisplayName = "Anna", CreatedAt = Clock.Start.UtcDateTime, LockoutEnd = Clock.Start.AddHours(1), IsDisabled = true });
        security.Set<IdentityUserPasskey<string>>().Add(new() { UserId = "p1", CredentialId = [1, 2, 3], Data = new() { PublicKey = [4, 5], Name = "phone", CreatedAt = Clock.Start, SignCount = 7, AttestationObject = [6], ClientDataJson = [7] } });
        await security.SaveChangesAsync(Token);
        var audit = _source.CreateAuditLog(new FakeTimeProvider(Clock.Start));
        for (var index = 0; index < 20; index++)
        {
            await audit.WriteAsync("anna", CallerIdentity.Dashboard, new() { What = "test", Detail = $"{index}", Outcome = "done" });
        }

        return server;
    }

    private Task<IReadOnlyList<ImportedTable>> ImportAsync() => ImportAsync(_source.Options.DatabasePath, _options);

    private static Task<IReadOnlyList<ImportedTable>> ImportAsync(string path, DashboardOptions options) => new SqliteImport(DatabaseProvider.From(options), options).RunAsync(path, TextWriter.Null, Token);

    private PostgreSqlDashboardContext OpenTarget() => new(new DbContextOptionsBuilder<PostgreSqlDashboardContext>().UseNpgsql(_options.Database.ConnectionString).Options);

    private PostgreSqlSecurityContext OpenSecurity() => new(new DbContextOptionsBuilder<PostgreSqlSecurityContext>()
        .UseNpgsql(_options.Database.ConnectionString, postgreSql => postgreSql.MigrationsHistoryTable(SecurityContext.MigrationsTable)).Options);

    private static async Task<long> CountAsync(DbContext context, string table)
    {
        await context.Database.OpenConnectionAsync(Token);
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"SELECT COUNT(*) FROM \"{table}\"";
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }

    private static async Task ExecuteAsync(string path, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync(Token);
        await using var command = new SqliteCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    private sealed class Factory(Func<SecurityContext> make) : IDbContextFactory<SecurityContext>
    {
        public SecurityContext CreateDbContext() => make();
    }
}
