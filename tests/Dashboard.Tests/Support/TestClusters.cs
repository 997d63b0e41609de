using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Tests.Support;

[assembly: AssemblyFixture(typeof(TestClusters))]

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>Which database a test runs on.</summary>
public enum DatabaseKind
{
    Sqlite = 0,
    PostgreSql = 1,
}

/// <summary>What the tests of this run share: a migrated SQLite file that is copied, and the PostgreSQL cluster with its migrated template, each made for the first test that needs it.</summary>
public sealed class TestClusters : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly TempFolder Folder = new();
    private static readonly Lazy<string> SqliteTemplate = new(CreateSqliteTemplate);
    private static PostgresCluster? _cluster;
    private static string? _template;

    /// <summary>Puts a migrated SQLite database there; a file that is there already stays.</summary>
    public static void CopySqlite(string path)
    {
        if (!File.Exists(path))
        {
            File.Copy(SqliteTemplate.Value, path);
        }
    }

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

        Folder.Dispose();
    }

    private static string CreateSqliteTemplate()
    {
        // Without a pool the last connection that closes writes all back from the log beside the file, and removes that.
        var path = Folder.File("template.db");
        using var context = new DashboardContext(new DbContextOptionsBuilder<DashboardContext>().UseSqlite($"Data Source={path};Pooling=False").Options);
        context.Database.Migrate();
        using var security = new SecurityContext(new DbContextOptionsBuilder<SecurityContext>()
            .UseSqlite($"Data Source={path};Pooling=False", sqlite => sqlite.MigrationsHistoryTable(SecurityContext.MigrationsTable))
            .Options);
        security.Database.Migrate();
        return path;
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
