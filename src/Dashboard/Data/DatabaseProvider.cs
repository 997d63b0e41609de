using Microsoft.EntityFrameworkCore;
using Npgsql;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;

namespace WsusDashboard.Dashboard.Data;

/// <summary>Which database the dashboard uses, and how it is reached: read from the options once. The connection string may hold a secret and is never shown.</summary>
public sealed class DatabaseProvider
{
    /// <summary>PostgreSQL starts a process for each connection, which takes longer than most pages' questions: a quiet dashboard keeps some.</summary>
    private const int KeptConnections = 4;

    /// <summary>What Npgsql says where the connection string says nothing: all that PostgreSQL has by default.</summary>
    private const int DefaultConnections = 100;

    /// <summary>Three dashboards share what PostgreSQL has by default; whoever finds none free waits for one.</summary>
    private const int MostConnections = 28;

    /// <summary>A dashboard that is frozen in the middle of a transaction holds what others wait for no longer than this.</summary>
    private const int LongestPauseSeconds = 5;

    private readonly WriterTurns _turns = new();

    private DatabaseProvider(bool isPostgreSql, string connectionString, string name) => (IsPostgreSql, ConnectionString, Name) = (isPostgreSql, connectionString, name);

    public bool IsPostgreSql { get; }

    /// <summary>Holds the secret.</summary>
    public string ConnectionString { get; }

    /// <summary>For a person: the file, or the database and its host.</summary>
    public string Name { get; }

    /// <summary>Reads the options, and the file that one of them may name.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ArgumentException">It is no connection string of PostgreSQL; the message holds nothing of it.</exception>
    public static DatabaseProvider From(DashboardOptions options)
    {
        if (options.Database.Provider != DatabaseOptions.PostgreSql)
        {
            return new(false, DatabaseInitializer.ConnectionString(options), options.DatabasePath);
        }

        var text = options.Database.ConnectionStringFile.Length > 0 ? File.ReadAllText(options.Database.ConnectionStringFile).Trim() : options.Database.ConnectionString;
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(text) { ApplicationName = "WsusDashboard" };
            parts.Options = $"{parts.Options} -c idle_in_transaction_session_timeout={LongestPauseSeconds * 1000}".Trim();
            parts.MaxPoolSize = parts.MaxPoolSize == DefaultConnections ? MostConnections : parts.MaxPoolSize;
            parts.MinPoolSize = Math.Max(parts.MinPoolSize, Math.Min(KeptConnections, parts.MaxPoolSize));
            return new(true, parts.ConnectionString, $"{parts.Database} on {parts.Host}");
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            // Its message may repeat a part of the text, and that may be the password.
            throw new ArgumentException("it isn't a PostgreSQL connection string, for example Host=db;Database=wsusdashboard;Username=dashboard;Password=…");
        }
    }

    /// <summary>For every context of the dashboard: each keeps its migrations for both providers, and a history table of its own.</summary>
    public void Configure(DbContextOptionsBuilder builder, string? historyTable = null)
    {
        if (IsPostgreSql)
        {
            builder.UseNpgsql(ConnectionString, postgreSql => WithHistory(table => postgreSql.MigrationsHistoryTable(table), historyTable));
        }
        else
        {
            builder.UseSqlite(ConnectionString, sqlite => WithHistory(table => sqlite.MigrationsHistoryTable(table), historyTable)).AddInterceptors(_turns);
        }
    }

    private static void WithHistory(Action<string> set, string? historyTable)
    {
        if (historyTable is not null)
        {
            set(historyTable);
        }
    }
}
