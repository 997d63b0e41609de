using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using NpgsqlTypes;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Data.Importing;

/// <summary>A table that was taken over.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rows">Its rows, counted in both databases.</param>
internal sealed record ImportedTable(string Name, long Rows);

/// <summary>
/// Takes all rows of a dashboard's SQLite file over into an empty PostgreSQL database. One transaction: either every row is there, counted on both sides, or none is.
/// The file is only read. The keys that people's secrets and the audit need stay in the data folder, so the file has to be of that folder.
/// </summary>
/// <param name="target">The database of the options; PostgreSQL.</param>
/// <param name="options">For the data folder, which this process holds.</param>
internal sealed class SqliteImport(DatabaseProvider target, DashboardOptions options)
{
    public const string Switch = "--import-sqlite";

    private const string OwnName = "WsusDashboard import";

    /// <summary>Seconds that a statement of the target may take: a count of millions of rows, or waiting for a lock.</summary>
    private const int StatementSeconds = 600;

    /// <param name="path">The SQLite file.</param>
    /// <param name="progress">Gets a line for each table.</param>
    /// <param name="cancellationToken">Ends it; nothing is taken over then.</param>
    /// <exception cref="DashboardStartException">It can't be done; nothing was taken over, and the message says why.</exception>
    public async Task<IReadOnlyList<ImportedTable>> RunAsync(string path, TextWriter progress, CancellationToken cancellationToken)
    {
        CheckFile(path);
        try
        {
            return await TakeOverAsync(path, progress, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw new DashboardStartException($"{Switch} is \"{path}\", which can't be read: {exception.Message} Nothing was imported.");
        }
        catch (NpgsqlException exception)
        {
            throw new DashboardStartException($"The database {target.Name} refused the import, so nothing was imported: {exception.Message}");
        }
    }

    private async Task<IReadOnlyList<ImportedTable>> TakeOverAsync(string path, TextWriter progress, CancellationToken cancellationToken)
    {
        var source = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();
        await using (var history = new DashboardContext(new DbContextOptionsBuilder<DashboardContext>().UseSqlite(source).Options))
        await using (var security = new SecurityContext(PeopleIn(source)))
        {
            await CheckVersionAsync(path, history, cancellationToken);
            await CheckVersionAsync(path, security, cancellationToken);
        }

        // The dashboard's own limit on pauses inside a transaction is for its short ones: this one waits for a file to be read.
        var parts = new NpgsqlConnectionStringBuilder(target.ConnectionString) { Pooling = false, ApplicationName = OwnName, CommandTimeout = StatementSeconds };
        parts.Options = $"{parts.Options} -c idle_in_transaction_session_timeout=0".Trim();
        var destination = parts.ToString();
        var tables = await PrepareAsync(destination, cancellationToken);

        await using var reading = new SqliteConnection(source);
        await reading.OpenAsync(cancellationToken);
        await using var snapshot = reading.BeginTransaction(deferred: true);
        await using var writing = new NpgsqlConnection(destination);
        await writing.OpenAsync(cancellationToken);
        await CheckUnusedAsync(writing, cancellationToken);
        await using var transaction = await writing.BeginTransactionAsync(cancellationToken);
        await CheckEmptyAsync(writing, tables, cancellationToken);
        var imported = new List<ImportedTable>();
        foreach (var table in tables)
        {
            if (table.Columns.Any(column => TypeOf(column.StoreType) is NpgsqlDbType.Jsonb))
            {
                await CopyPasskeysAsync(source, writing, transaction, cancellationToken);
            }
            else
            {
                await CopyAsync(reading, writing, table, cancellationToken);
            }

            imported.Add(await CompareAsync(reading, writing, table, cancellationToken));
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{table.Name}: {imported[^1].Rows} rows"));
        }

        await transaction.CommitAsync(cancellationToken);
        return imported;
    }

    private void CheckFile(string path)
    {
        if (!target.IsPostgreSql)
        {
            throw new DashboardStartException($"{Switch} needs a PostgreSQL database to import into: {DashboardOptions.KeyOf(options.Database.Provider)} is \"{options.Database.Provider}\". Allowed here: postgresql.");
        }

        if (!File.Exists(path))
        {
            throw new DashboardStartException($"{Switch} is \"{path}\", which doesn't exist. Allowed: the dashboard.db of the data folder \"{options.DataDirectory}\", or one of its backups.");
        }

        var inside = Path.GetRelativePath(options.DataDirectory, path);
        if (inside.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(inside))
        {
            throw new DashboardStartException($"{Switch} is \"{path}\", which isn't in the data folder \"{options.DataDirectory}\". The keys it needs are in its own folder: set {DashboardOptions.KeyOf(options.DataDirectory)} to that folder.");
        }
    }

    private static DbContextOptions<SecurityContext> PeopleIn(string source) =>
        new DbContextOptionsBuilder<SecurityContext>().UseSqlite(source, sqlite => sqlite.MigrationsHistoryTable(SecurityContext.MigrationsTable)).Options;

    private static async Task CheckVersionAsync(string path, DbContext context, CancellationToken cancellationToken)
    {
        if (!context.Database.GetMigrations().ToHashSet().SetEquals(await context.Database.GetAppliedMigrationsAsync(cancellationToken)))
        {
            throw new DashboardStartException($"{Switch} is \"{path}\", which wasn't made by this version. Start this version on SQLite once, then import.");
        }
    }

    /// <summary>Makes the tables, and gives them so that no row comes before one that it refers to.</summary>
    private static async Task<IReadOnlyList<ITable>> PrepareAsync(string destination, CancellationToken cancellationToken)
    {
        await using var history = new PostgreSqlDashboardContext(new DbContextOptionsBuilder<PostgreSqlDashboardContext>().UseNpgsql(destination).Options);
        await using var security = new PostgreSqlSecurityContext(new DbContextOptionsBuilder<PostgreSqlSecurityContext>().UseNpgsql(destination, postgreSql => postgreSql.MigrationsHistoryTable(SecurityContext.MigrationsTable)).Options);
        await history.Database.MigrateAsync(cancellationToken);
        await security.Database.MigrateAsync(cancellationToken);
        var ordered = new List<ITable>();
        foreach (var table in history.Model.GetRelationalModel().Tables.Concat(security.Model.GetRelationalModel().Tables))
        {
            Add(table);
        }

        return ordered;

        void Add(ITable table)
        {
            if (!ordered.Contains(table))
            {
                foreach (var needed in table.ForeignKeyConstraints.Select(constraint => constraint.PrincipalTable).Where(needed => needed != table))
                {
                    Add(needed);
                }

                ordered.Add(table);
            }
        }
    }

    private async Task CheckUnusedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'WsusDashboard%'";
        if (await CountAsync(connection, Others, cancellationToken) > 0)
        {
            throw new DashboardStartException($"A dashboard uses the database {target.Name}. Stop it, then import.");
        }
    }

    /// <summary>Also keeps a dashboard that starts now out until all is there.</summary>
    private async Task CheckEmptyAsync(NpgsqlConnection connection, IReadOnlyList<ITable> tables, CancellationToken cancellationToken)
    {
        await using (var hold = new NpgsqlCommand($"LOCK TABLE {string.Join(", ", tables.Select(table => Quote(table.Name)))} IN ACCESS EXCLUSIVE MODE", connection))
        {
            await hold.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (var table in tables)
        {
            if (await CountAsync(connection, $"SELECT COUNT(*) FROM (SELECT 1 FROM {Quote(table.Name)} LIMIT 1) AS first", cancellationToken) > 0)
            {
                throw new DashboardStartException($"The database {target.Name} isn't empty: its table {table.Name} has rows. Import into a new database.");
            }
        }
    }

    private static async Task CopyAsync(SqliteConnection reading, NpgsqlConnection writing, ITable table, CancellationToken cancellationToken)
    {
        var columns = table.Columns.Where(column => column.ComputedColumnSql is null).ToList();
        var names = string.Join(", ", columns.Select(column => Quote(column.Name)));
        var types = columns.ConvertAll(column => TypeOf(column.StoreType));
        await using (var select = Ask(reading, $"SELECT {names} FROM {Quote(table.Name)}"))
        await using (var rows = await select.ExecuteReaderAsync(cancellationToken))
        await using (var import = await writing.BeginBinaryImportAsync($"COPY {Quote(table.Name)} ({names}) FROM STDIN (FORMAT BINARY)", cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                await import.StartRowAsync(cancellationToken);
                for (var index = 0; index < columns.Count; index++)
                {
                    await WriteAsync(import, rows, index, types[index], cancellationToken);
                }
            }

            await import.CompleteAsync(cancellationToken);
        }

        await ContinueNumbersAsync(writing, table, cancellationToken);
    }

    /// <summary>Bytes inside JSON are written in another way in each database, so the one table with JSON goes through its entities.</summary>
    private static async Task CopyPasskeysAsync(string source, NpgsqlConnection writing, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var before = new SecurityContext(PeopleIn(source));
        await using var after = new PostgreSqlSecurityContext(new DbContextOptionsBuilder<PostgreSqlSecurityContext>().UseNpgsql(writing).Options);
        await after.Database.UseTransactionAsync(transaction, cancellationToken);
        after.AddRange(await before.Set<IdentityUserPasskey<string>>().AsNoTracking().ToListAsync(cancellationToken));
        await after.SaveChangesAsync(cancellationToken);
    }

    private static async Task<ImportedTable> CompareAsync(SqliteConnection reading, NpgsqlConnection writing, ITable table, CancellationToken cancellationToken)
    {
        await using var counting = Ask(reading, $"SELECT COUNT(*) FROM {Quote(table.Name)}");
        var read = Convert.ToInt64(await counting.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
        var written = await CountAsync(writing, $"SELECT COUNT(*) FROM {Quote(table.Name)}", cancellationToken);
        if (read != written)
        {
            throw new DashboardStartException(string.Create(CultureInfo.InvariantCulture, $"The table {table.Name} has {read} rows in the file and {written} in the database, so nothing was imported."));
        }

        return new(table.Name, written);
    }

    /// <summary>A command of the connection's own transaction.</summary>
    private static SqliteCommand Ask(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static Task WriteAsync(NpgsqlBinaryImporter import, SqliteDataReader row, int index, NpgsqlDbType type, CancellationToken cancellationToken) => row.IsDBNull(index) ? import.WriteNullAsync(cancellationToken) : type switch
    {
        NpgsqlDbType.Integer => import.WriteAsync(row.GetInt32(index), type, cancellationToken),
        NpgsqlDbType.Bigint => import.WriteAsync(row.GetInt64(index), type, cancellationToken),
        NpgsqlDbType.Boolean => import.WriteAsync(row.GetBoolean(index), type, cancellationToken),
        NpgsqlDbType.Bytea => import.WriteAsync(row.GetFieldValue<byte[]>(index), type, cancellationToken),
        NpgsqlDbType.Date => import.WriteAsync(row.GetFieldValue<DateOnly>(index), type, cancellationToken),

        // A text without a zone is UTC, which is how the dashboard writes it.
        NpgsqlDbType.TimestampTz => import.WriteAsync(row.GetDateTimeOffset(index).UtcDateTime, type, cancellationToken),
        _ => import.WriteAsync(row.GetString(index), type, cancellationToken),
    };

    /// <summary>The next row that the dashboard adds gets the number after the largest one.</summary>
    private static async Task ContinueNumbersAsync(NpgsqlConnection connection, ITable table, CancellationToken cancellationToken)
    {
        foreach (var column in table.PrimaryKey?.Columns.Where(column => TypeOf(column.StoreType) is NpgsqlDbType.Integer or NpgsqlDbType.Bigint) ?? [])
        {
            await using var command = new NpgsqlCommand($"SELECT setval(sequence, (SELECT MAX({Quote(column.Name)}) FROM {Quote(table.Name)})) FROM pg_get_serial_sequence($1, $2) AS sequence WHERE sequence IS NOT NULL AND EXISTS (SELECT 1 FROM {Quote(table.Name)})", connection)
            {
                Parameters = { new() { Value = Quote(table.Name) }, new() { Value = column.Name } },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is long count ? count : 0;
    }

    private static NpgsqlDbType TypeOf(string storeType) => storeType.Split('(')[0] switch
    {
        "integer" => NpgsqlDbType.Integer,
        "bigint" => NpgsqlDbType.Bigint,
        "boolean" => NpgsqlDbType.Boolean,
        "bytea" => NpgsqlDbType.Bytea,
        "date" => NpgsqlDbType.Date,
        "timestamp with time zone" => NpgsqlDbType.TimestampTz,
        "jsonb" => NpgsqlDbType.Jsonb,
        "text" or "character varying" => NpgsqlDbType.Text,
        _ => throw new InvalidOperationException($"No reading of SQLite is known for the column type {storeType}."),
    };

    /// <summary>Names of tables and columns are the model's own; quoted for both databases.</summary>
    private static string Quote(string name) => $"\"{name}\"";
}
