using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Data;

public abstract class MigrationTests(DatabaseKind kind) : IDisposable
{
    private readonly TestDatabase _database = new(kind);

    [Fact]
    public void Migrations_MatchTheModel()
    {
        using var context = _database.CreateDbContext();

        Assert.False(context.Database.HasPendingModelChanges());
    }

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class MigrationOnSqliteTests() : MigrationTests(DatabaseKind.Sqlite);

public sealed class MigrationOnPostgreSqlTests() : MigrationTests(DatabaseKind.PostgreSql);
