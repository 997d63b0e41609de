using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;

namespace WsusDashboard.Benchmarks.History;

/// <summary>A database of this run: a file, or a PostgreSQL cluster of its own.</summary>
internal sealed class HistoryDatabase : IDbContextFactory<DashboardContext>, IDbContextFactory<SecurityContext>, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PostgresCluster? _cluster;

    private HistoryDatabase(PostgresCluster? cluster)
    {
        _cluster = cluster;
        Options = new DashboardOptions { DataDirectory = _folder.Path };
        if (cluster is not null)
        {
            Options.Database.Provider = DatabaseOptions.PostgreSql;
            Options.Database.ConnectionString = cluster.ConnectionString(cluster.CreateDatabase());
        }

        Provider = DatabaseProvider.From(Options);
    }

    public DashboardOptions Options { get; }

    public DatabaseProvider Provider { get; }

    public string Name => _cluster is null ? "SQLite" : "PostgreSQL";

    public static HistoryDatabase OnSqlite() => new(null);

    public static HistoryDatabase OnPostgreSql() => new(PostgresCluster.Start("shared_buffers=512MB", "max_wal_size=4GB"));

    public DashboardContext CreateDbContext() => _cluster is null
        ? new DashboardContext(OptionsOf<DashboardContext>())
        : new PostgreSqlDashboardContext(OptionsOf<PostgreSqlDashboardContext>());

    SecurityContext IDbContextFactory<SecurityContext>.CreateDbContext() => _cluster is null
        ? new SecurityContext(OptionsOf<SecurityContext>(SecurityContext.MigrationsTable))
        : new PostgreSqlSecurityContext(OptionsOf<PostgreSqlSecurityContext>(SecurityContext.MigrationsTable));

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

    /// <summary>The next question opens a connection: nothing is in the cache of the database's library or of the server's process.</summary>
    public static void CloseConnections()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Npgsql.NpgsqlConnection.ClearAllPools();
    }

    /// <summary>The same with a connection that is open but never answered a question, as the dashboard keeps some of PostgreSQL.</summary>
    public async Task ForgetConnectionsAsync(CancellationToken cancellationToken)
    {
        CloseConnections();
        if (_cluster is not null)
        {
            await using var context = CreateDbContext();
            await context.Database.OpenConnectionAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _cluster?.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private DbContextOptions<T> OptionsOf<T>(string? historyTable = null)
        where T : DbContext
    {
        var builder = new DbContextOptionsBuilder<T>();
        Provider.Configure(builder, historyTable);
        return builder.Options;
    }
}
