using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>A migrated SQLite file of one test, and contexts on it.</summary>
internal sealed class TestDatabase : IDbContextFactory<DashboardContext>, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<IInterceptor> _interceptors = [];

    public TestDatabase()
    {
        Options = new DashboardOptions { DataDirectory = _folder.Path };
        using var context = CreateDbContext();
        context.Database.Migrate();
    }

    public DashboardOptions Options { get; }

    /// <summary>Added to the end of the connection string, for example "Mode=ReadOnly".</summary>
    public string ConnectionSuffix { get; set; } = "";

    public void Add(IInterceptor interceptor) => _interceptors.Add(interceptor);

    public DashboardContext CreateDbContext() => new(new DbContextOptionsBuilder<DashboardContext>()
        .UseSqlite($"Data Source={Options.DatabasePath};Default Timeout=1;Pooling=False;{ConnectionSuffix}")
        .AddInterceptors(_interceptors)
        .Options);

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
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
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

    public void Dispose() => _folder.Dispose();

    public static ServerEntity NewServer(string name) => new()
    {
        Name = name,
        NameKey = name.ToLowerInvariant(),
        Address = $"http://{name.ToLowerInvariant()}:5101",
        Site = "BRN",
        SearchText = ServerEntity.SearchTextOf(name, "BRN", $"http://{name}:5101", ""),
        AddedAt = Clock.Start.UtcDateTime,
    };
}
