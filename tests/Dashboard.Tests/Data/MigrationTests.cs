using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
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

    [Theory]
    [InlineData("UPDATE \"AuditEntries\" SET \"Who\" = 'nobody'")]
    [InlineData("DELETE FROM \"AuditEntries\"")]
    public async Task Migrations_AuditEntryChangedByHand_IsRefused(string attack)
    {
        await _database.CreateAuditLog(new FakeTimeProvider(Clock.Start)).AppendAsync([new() { At = Clock.Start.UtcDateTime, Who = "anna", What = "server.add", Outcome = "done" }]);
        await using var context = _database.CreateSecurityContext();

        await Assert.ThrowsAnyAsync<DbException>(() => context.Database.ExecuteSqlRawAsync(attack, TestContext.Current.CancellationToken));

        Assert.Equal("anna", Assert.Single(context.AuditEntries).Who);
    }

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class MigrationOnSqliteTests() : MigrationTests(DatabaseKind.Sqlite);

public sealed class MigrationOnPostgreSqlTests() : MigrationTests(DatabaseKind.PostgreSql);
