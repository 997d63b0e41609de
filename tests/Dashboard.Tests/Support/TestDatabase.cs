using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Keys;

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>A migrated database of one test, and contexts on it.</summary>
internal sealed class TestDatabase : IDbContextFactory<DashboardContext>, IDbContextFactory<SecurityContext>, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<IInterceptor> _interceptors = [];
    private readonly (PostgresCluster Cluster, string Database)? _postgres;

    public TestDatabase(DatabaseKind kind = DatabaseKind.Sqlite)
    {
        Options = new DashboardOptions { DataDirectory = _folder.Path };
        if (kind == DatabaseKind.PostgreSql)
        {
            var created = TestClusters.CreateDatabase();
            _postgres = created;
            Options.Database.Provider = DatabaseOptions.PostgreSql;
            Options.Database.ConnectionString = created.Cluster.ConnectionString(created.Database);
            return;
        }

        TestClusters.CopySqlite(Options.DatabasePath);
    }

    private TestDatabase(DashboardOptions options) => Options = options;

    /// <summary>Over a database that is there, which stays.</summary>
    public static TestDatabase Over(DashboardOptions options) => new(options);

    public DashboardOptions Options { get; }

    private bool IsPostgreSql => Options.Database.Provider == DatabaseOptions.PostgreSql;

    public DatabaseProvider Provider => DatabaseProvider.From(Options);

    /// <summary>Added to the end of the connection string of SQLite, for example "Mode=ReadOnly".</summary>
    public string ConnectionSuffix { get; set; } = "";

    public void Add(IInterceptor interceptor) => _interceptors.Add(interceptor);

    public DashboardContext CreateDbContext() => !IsPostgreSql
        ? new DashboardContext(new DbContextOptionsBuilder<DashboardContext>()
            .UseSqlite($"Data Source={Options.DatabasePath};Default Timeout=60;Pooling=False;{ConnectionSuffix}")
            .AddInterceptors(_interceptors)
            .Options)
        : new PostgreSqlDashboardContext(new DbContextOptionsBuilder<PostgreSqlDashboardContext>()
            .UseNpgsql(Options.Database.ConnectionString)
            .AddInterceptors(_interceptors)
            .Options);

    public SecurityContext CreateSecurityContext() => !IsPostgreSql
        ? new SecurityContext(new DbContextOptionsBuilder<SecurityContext>()
            .UseSqlite($"Data Source={Options.DatabasePath};Default Timeout=60;Pooling=False;{ConnectionSuffix}", sqlite => sqlite.MigrationsHistoryTable(SecurityContext.MigrationsTable))
            .AddInterceptors(_interceptors)
            .Options)
        : new PostgreSqlSecurityContext(new DbContextOptionsBuilder<PostgreSqlSecurityContext>()
            .UseNpgsql(Options.Database.ConnectionString, postgreSql => postgreSql.MigrationsHistoryTable(SecurityContext.MigrationsTable))
            .AddInterceptors(_interceptors)
            .Options);

    SecurityContext IDbContextFactory<SecurityContext>.CreateDbContext() => CreateSecurityContext();

    /// <summary>The audit over this database, with a key file in its folder.</summary>
    public AuditLog CreateAuditLog(TimeProvider clock) =>
        new(this, CreateAuditChain(), new AuditHead(Options, CreateAuditChain()), new StorageHealth(Provider, clock), clock, NullLogger<AuditLog>.Instance);

    public AuditVerification CreateAuditVerification() => new(this, CreateAuditChain(), new AuditHead(Options, CreateAuditChain()));

    public AuditChain CreateAuditChain() => new(KeyFile.Open(Options));

    public async Task<int> AddServerAsync(string name, Action<ServerEntity>? configure = null)
    {
        await using var context = CreateDbContext();
        var server = NewServer(name);
        configure?.Invoke(server);
        context.Servers.Add(server);
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        return server.Id;
    }

    public async Task<T> ReadAsync<T>(Func<DashboardContext, Task<T>> read)
    {
        await using var context = CreateDbContext();
        return await read(context);
    }

    public async Task WriteAsync(Action<DashboardContext> write)
    {
        await using var context = CreateDbContext();
        write(context);
        await SyncRollup.SaveAsync(context, TestContext.Current.CancellationToken);
    }

    /// <summary>Another program that holds the file for writing; dispose it to let go.</summary>
    public SqliteConnection Lock()
    {
        var connection = new SqliteConnection($"Data Source={Options.DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE;";
        command.ExecuteNonQuery();
        return connection;
    }

    public void Dispose()
    {
        _folder.Dispose();
        if (_postgres is { } postgres)
        {
            using var connection = new NpgsqlConnection(Options.Database.ConnectionString);
            NpgsqlConnection.ClearPool(connection);
            postgres.Cluster.DropDatabase(postgres.Database);
        }
    }

    public static ServerEntity NewServer(string name) => new()
    {
        Name = name,
        NameKey = name.ToLowerInvariant(),
        Address = $"https://{name.ToLowerInvariant()}:5101",
        Site = "BRN",
        SearchText = ServerEntity.SearchTextOf(name, "BRN", $"https://{name}:5101", ""),
        AddedAt = Clock.Start.UtcDateTime,
    };
}
