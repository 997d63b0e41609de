using Npgsql;

namespace WsusDashboard.Dashboard.Data;

/// <summary>
/// Holds a PostgreSQL database for one dashboard: two on one database would take each other's events. The lock lives as long as its connection, so a
/// dashboard that dies leaves none behind. A SQLite file is held with its folder (<see cref="DataFolder"/>).
/// </summary>
internal sealed class DatabaseLease(DatabaseProvider provider) : IAsyncDisposable
{
    /// <summary>Any number that no other program on this database uses; "WsusDash" in ASCII.</summary>
    private const long LockKey = 0x5773757344617368;

    private NpgsqlConnection? _connection;

    /// <exception cref="DatabaseInUseException">Another dashboard holds it.</exception>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        if (!provider.IsPostgreSql || _connection is { State: System.Data.ConnectionState.Open })
        {
            return;
        }

        await DisposeAsync();
        var parts = new NpgsqlConnectionStringBuilder(provider.ConnectionString) { Pooling = false, KeepAlive = 30, ApplicationName = "WsusDashboard lease" };
        _connection = new NpgsqlConnection(parts.ConnectionString);
        await _connection.OpenAsync(cancellationToken);
        await using var command = _connection.CreateCommand();
        command.CommandText = "SELECT pg_try_advisory_lock($1)";
        command.Parameters.Add(new NpgsqlParameter { Value = LockKey });
        if (await command.ExecuteScalarAsync(cancellationToken) is not true)
        {
            await DisposeAsync();
            throw new DatabaseInUseException();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
        }
    }
}

/// <summary>Another dashboard holds the database.</summary>
internal sealed class DatabaseInUseException() : Exception("Another dashboard uses this database.");
