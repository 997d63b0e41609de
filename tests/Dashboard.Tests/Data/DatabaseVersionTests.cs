using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Data;

public abstract class DatabaseVersionTests(DatabaseKind kind) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestDatabase _database = new(kind);

    [Theory]
    [InlineData("UPDATE \"__EFMigrationsHistory\" SET \"MigrationId\" = '20261122215737_Initial'")]
    [InlineData("UPDATE \"__SecurityMigrationsHistory\" SET \"MigrationId\" = '20261123005753_People'")]
    public async Task Start_MigrationsOfAnotherVersion_IsRefusedNamesTheDatabaseAndChangesNothing(string update)
    {
        await using (var context = _database.CreateDbContext())
        {
            await context.Database.ExecuteSqlRawAsync(update, TestContext.Current.CancellationToken);
        }

        var refused = await Assert.ThrowsAsync<DatabaseVersionException>(StartAsync);

        Assert.Contains(_database.Provider.Name, refused.Message, StringComparison.Ordinal);
        await using var data = _database.CreateDbContext();
        await using var security = _database.CreateSecurityContext();
        var applied = (await data.Database.GetAppliedMigrationsAsync(TestContext.Current.CancellationToken)).Concat(await security.Database.GetAppliedMigrationsAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, applied.Count());
    }

    [Fact]
    public async Task Start_MigrationsOfThisVersion_Opens()
    {
        await using var dashboard = await StartAsync();

        Assert.True(dashboard.Get<DatabaseInitializer>().IsOpen);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task<TestDashboard> StartAsync() => TestDashboard.StartAsync(_folder, options =>
    {
        options.Database.Provider = _database.Options.Database.Provider;
        options.Database.ConnectionString = _database.Options.Database.ConnectionString;
        options.DataDirectory = _database.Options.DataDirectory;
    });
}

public sealed class DatabaseVersionOnSqliteTests() : DatabaseVersionTests(DatabaseKind.Sqlite);

public sealed class DatabaseVersionOnPostgreSqlTests() : DatabaseVersionTests(DatabaseKind.PostgreSql);
