using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace WsusDashboard.Benchmarks.History;

/// <summary>Writes many rows of one table as quickly as its database takes them.</summary>
internal abstract class TableWriter : IAsyncDisposable
{
    public abstract Task WriteAsync(params object?[] row);

    public abstract ValueTask DisposeAsync();

    /// <param name="connection">An open connection to either database.</param>
    /// <param name="table">Name of the table.</param>
    /// <param name="columns">Its columns, in the order of the rows' values.</param>
    public static async Task<TableWriter> OpenAsync(DbConnection connection, string table, params string[] columns)
    {
        var names = string.Join(", ", columns.Select(column => $"\"{column}\""));
        return connection is NpgsqlConnection postgres
            ? new CopyWriter(await postgres.BeginBinaryImportAsync($"COPY \"{table}\" ({names}) FROM STDIN (FORMAT BINARY)"))
            : new InsertWriter((SqliteConnection)connection, table, names, columns.Length);
    }

    private sealed class CopyWriter(NpgsqlBinaryImporter importer) : TableWriter
    {
        public override async Task WriteAsync(params object?[] row)
        {
            await importer.StartRowAsync();
            foreach (var value in row)
            {
                await WriteAsync(value);
            }
        }

        public override async ValueTask DisposeAsync()
        {
            await importer.CompleteAsync();
            await importer.DisposeAsync();
        }

        private Task WriteAsync(object? value) => value switch
        {
            null => importer.WriteNullAsync(),
            int number => importer.WriteAsync(number, NpgsqlDbType.Integer),
            long number => importer.WriteAsync(number, NpgsqlDbType.Bigint),
            bool flag => importer.WriteAsync(flag, NpgsqlDbType.Boolean),
            string text => importer.WriteAsync(text, NpgsqlDbType.Text),
            DateTime time => importer.WriteAsync(time, NpgsqlDbType.TimestampTz),
            byte[] bytes => importer.WriteAsync(bytes, NpgsqlDbType.Bytea),
            _ => throw new ArgumentException($"No column type for values of {value.GetType()}."),
        };
    }

    private sealed class InsertWriter : TableWriter
    {
        private const int RowsOfTransaction = 50_000;

        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _command;
        private int _rows;

        public InsertWriter(SqliteConnection connection, string table, string names, int columns)
        {
            _connection = connection;
            _command = connection.CreateCommand();
            var parameters = Enumerable.Range(0, columns).Select(index => string.Create(CultureInfo.InvariantCulture, $"$p{index}")).ToList();
#pragma warning disable CA2100 // Names are constants of this program.
            _command.CommandText = $"INSERT INTO \"{table}\" ({names}) VALUES ({string.Join(", ", parameters)})";
#pragma warning restore CA2100
            parameters.ForEach(name => _command.Parameters.Add(new SqliteParameter { ParameterName = name }));
            Begin();
        }

        public override Task WriteAsync(params object?[] row)
        {
            for (var index = 0; index < row.Length; index++)
            {
                _command.Parameters[index].Value = row[index] ?? DBNull.Value;
            }

            _command.ExecuteNonQuery();
            if (++_rows % RowsOfTransaction == 0)
            {
                _command.Transaction!.Commit();
                Begin();
            }

            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            await _command.Transaction!.CommitAsync();
            await _command.DisposeAsync();
        }

        private void Begin() => _command.Transaction = _connection.BeginTransaction();
    }
}
