using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Security.Data;
using WsusDashboard.Dashboard.Tests.Support;

[assembly: AssemblyFixture(typeof(TestClusters))]

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>Which database a test runs on.</summary>
public enum DatabaseKind
{
    Sqlite = 0,
    PostgreSql = 1,
}

/// <summary>The PostgreSQL cluster of this test run, begun with the first test that needs one, and its migrated template.</summary>
public sealed class TestClusters : IDisposable
{
    private static readonly Lock Gate = new();
    private static PostgresCluster? _cluster;
    private static string? _template;

    /// <summary>A migrated database. Skips the test where PostgreSQL is not installed; in CI that is a failure.</summary>
    public static (PostgresCluster Cluster, string Database) CreateDatabase(bool isMigrated = true)
    {
        if (PostgresCluster.FindObstacle() is { } obstacle)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", obstacle);
            Assert.Fail(obstacle);
        }

        lock (Gate)
        {
            _cluster ??= PostgresCluster.Start();
            _template ??= isMigrated ? CreateTemplate(_cluster) : null;
            return (_cluster, _cluster.CreateDatabase(isMigrated ? _template : null));
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            _cluster?.Dispose();
            _cluster = null;
        }
    }

    private static string CreateTemplate(PostgresCluster started)
    {
        var name = started.CreateDatabase();
        using var context = new PostgreSqlDashboardContext(new DbContextOptionsBuilder<PostgreSqlDashboardContext>().UseNpgsql(started.ConnectionString(name, pooling: false)).Options);
        context.Database.Migrate();
        using var security = new PostgreSqlSecurityContext(new DbContextOptionsBuilder<PostgreSqlSecurityContext>()
            .UseNpgsql(started.ConnectionString(name, pooling: false), postgreSql => postgreSql.MigrationsHistoryTable(SecurityContext.MigrationsTable))
            .Options);
        security.Database.Migrate();
        return name;
    }
}
