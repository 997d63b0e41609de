using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Data;

public sealed class MigrationTests : IDisposable
{
    private readonly TestDatabase _database = new();

    [Fact]
    public void Migrations_MatchTheModel()
    {
        using var context = _database.CreateDbContext();

        Assert.False(context.Database.HasPendingModelChanges());
    }

    public void Dispose() => _database.Dispose();
}
