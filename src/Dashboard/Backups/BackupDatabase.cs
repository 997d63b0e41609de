using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Backups;

/// <summary>A database as backups see it: its migrations, its tables and how many rows each has. Both contexts, without a dashboard around them.</summary>
internal sealed class BackupDatabase(DatabaseProvider provider) : IAsyncDisposable
{
    private readonly DashboardContext _history = provider.IsPostgreSql
        ? new PostgreSqlDashboardContext(Options<PostgreSqlDashboardContext>(provider))
        : new DashboardContext(Options<DashboardContext>(provider));

    private readonly SecurityContext _security = provider.IsPostgreSql
        ? new PostgreSqlSecurityContext(Options<PostgreSqlSecurityContext>(provider, SecurityContext.MigrationsTable))
        : new SecurityContext(Options<SecurityContext>(provider, SecurityContext.MigrationsTable));

    /// <summary>Those that this version knows.</summary>
    public IReadOnlyList<string> KnownMigrations => [.. _history.Database.GetMigrations().Concat(_security.Database.GetMigrations())];

    /// <summary>Those that made the tables.</summary>
    public async Task<IReadOnlyList<string>> ReadMigrationsAsync(CancellationToken cancellationToken) =>
        [.. await _history.Database.GetAppliedMigrationsAsync(cancellationToken), .. await _security.Database.GetAppliedMigrationsAsync(cancellationToken)];

    /// <summary>Every table with its rows, by name.</summary>
    public async Task<IReadOnlyList<TableCount>> CountAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        List<TableCount> tables = [];
        foreach (var name in _history.Model.GetRelationalModel().Tables.Concat(_security.Model.GetRelationalModel().Tables).Select(table => table.Name).Distinct().Order(StringComparer.Ordinal))
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of tables are the model's own.
            command.CommandText = $"SELECT COUNT(*) FROM \"{name}\"";
#pragma warning restore CA2100
            command.CommandTimeout = (int)TimeSpan.FromMinutes(10).TotalSeconds;
            tables.Add(new(name, Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture)));
        }

        return tables;
    }

    public async ValueTask DisposeAsync()
    {
        await _history.DisposeAsync();
        await _security.DisposeAsync();
        if (!provider.IsPostgreSql)
        {
            // Windows moves no file that a pooled connection holds.
            await using var connection = new SqliteConnection(provider.ConnectionString);
            SqliteConnection.ClearPool(connection);
        }
        else
        {
            await using var connection = new NpgsqlConnection(provider.ConnectionString);
            NpgsqlConnection.ClearPool(connection);
        }
    }

    private static DbContextOptions<T> Options<T>(DatabaseProvider provider, string? historyTable = null)
        where T : DbContext
    {
        var builder = new DbContextOptionsBuilder<T>();
        provider.Configure(builder, historyTable);
        return builder.Options;
    }
}
