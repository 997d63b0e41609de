using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Data;

namespace WsusDashboard.Benchmarks.History;

/// <summary>A database of this run: a file, or a PostgreSQL cluster of its own.</summary>
internal sealed class HistoryDatabase : IDbContextFactory<DashboardContext>, IDbContextFactory<SecurityContext>, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PostgresCluster? _cluster;
    private readonly string _connectionString;
    private readonly string _database = "";

    private HistoryDatabase(PostgresCluster? cluster)
    {
        _cluster = cluster;
        _database = cluster?.CreateDatabase() ?? "";
        _connectionString = cluster?.ConnectionString(_database) ?? $"Data Source={_folder.File("history.db")}";
    }

    public string Name => _cluster is null ? "SQLite" : "PostgreSQL";

    public static HistoryDatabase OnSqlite() => new(null);

    public static HistoryDatabase OnPostgreSql() => new(PostgresCluster.Start("shared_buffers=512MB", "max_wal_size=4GB"));

    public DashboardContext CreateDbContext() => _cluster is null
        ? new DashboardContext(new DbContextOptionsBuilder<DashboardContext>().UseSqlite(_connectionString).Options)
        : new PostgreSqlDashboardContext(new DbContextOptionsBuilder<PostgreSqlDashboardContext>().UseNpgsql(_connectionString).Options);

    SecurityContext IDbContextFactory<SecurityContext>.CreateDbContext() => _cluster is null
        ? new SecurityContext(new DbContextOptionsBuilder<SecurityContext>().UseSqlite(_connectionString, sqlite => sqlite.MigrationsHistoryTable(SecurityContext.MigrationsTable)).Options)
        : new PostgreSqlSecurityContext(new DbContextOptionsBuilder<PostgreSqlSecurityContext>().UseNpgsql(_connectionString, postgreSql => postgreSql.MigrationsHistoryTable(SecurityContext.MigrationsTable)).Options);

    /// <summary>Bytes on disk.</summary>
    public async Task<long> SizeAsync(CancellationToken cancellationToken)
    {
        await using var context = CreateDbContext();
        if (_cluster is null)
        {
            await context.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE);", cancellationToken);
            return new DirectoryInfo(_folder.Path).EnumerateFiles().Sum(file => file.Length);
        }

        return await context.Database.SqlQueryRaw<long>("SELECT pg_database_size(current_database()) AS \"Value\"").SingleAsync(cancellationToken);
    }

    /// <summary>What either database does by itself in a night.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await using var context = CreateDbContext();
        context.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
        await context.Database.ExecuteSqlRawAsync(_cluster is null ? "PRAGMA optimize=0x10002;" : "VACUUM ANALYZE;", cancellationToken);
    }

    /// <summary>The next question opens a connection of its own, with nothing in the cache of the database's library.</summary>
    public static void ForgetConnections()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Npgsql.NpgsqlConnection.ClearAllPools();
    }

    public void Dispose()
    {
        _cluster?.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
