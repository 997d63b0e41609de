using Npgsql;

namespace WsusDashboard.Dashboard.Data;

/// <summary>
/// Lets the dashboards of a PostgreSQL database open it one after the other: the first makes or changes its tables, the others find them. A SQLite file has one dashboard, which holds
/// its folder (<see cref="DataFolder"/>).
/// </summary>
internal sealed class OpeningTurn(DatabaseProvider provider)
{
    /// <summary>Any number that no other program on this database uses; "WsusDash" in ASCII.</summary>
    private const long LockKey = 0x5773757344617368;

    /// <summary>Longer than any change of the tables takes another dashboard.</summary>
    private const int LongestWaitSeconds = 120;

    /// <summary>Waits for the turn; dispose of the answer to give it to the next.</summary>
    public async Task<IAsyncDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        if (!provider.IsPostgreSql)
        {
            return new Turn(null);
        }

        var parts = new NpgsqlConnectionStringBuilder(provider.ConnectionString) { Pooling = false, MinPoolSize = 0, KeepAlive = 30, CommandTimeout = LongestWaitSeconds, ApplicationName = "WsusDashboard opening" };
        var turn = new Turn(new NpgsqlConnection(parts.ConnectionString));
        try
        {
            await turn.TakeAsync(cancellationToken);
            return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    private sealed class Turn(NpgsqlConnection? connection) : IAsyncDisposable
    {
        public async Task TakeAsync(CancellationToken cancellationToken)
        {
            await connection!.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT pg_advisory_lock($1)";
            command.Parameters.Add(new NpgsqlParameter { Value = LockKey });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }
}

/// <summary>What has to hold before a dashboard works with a database whose tables are there.</summary>
/// <param name="CheckAsync">Throws a <see cref="Kernel.DashboardStartException"/> where it doesn't.</param>
internal sealed record DatabaseAdmission(Func<CancellationToken, Task> CheckAsync);
