using System.Collections.Concurrent;
using Npgsql;
using WsusDashboard.Dashboard.Data;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>
/// Turns of jobs: of two that have one name, the second waits for the first. On PostgreSQL also where another dashboard has the first one: by a lock that lives as long as its connection. Threading: any thread.
/// </summary>
internal sealed class JobTurns(DatabaseProvider database, TimeProvider timeProvider)
{
    /// <summary>"Jobs" in ASCII: the first half of the locks' keys, the second is made from the name.</summary>
    private const int LockClass = 0x4A6F6273;

    private const int AnswerSeconds = 30;

    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>Waits for the turn; dispose of the answer to give it to the next.</summary>
    public async Task<IAsyncDisposable> EnterAsync(string name, CancellationToken cancellationToken)
    {
        var own = _turns.GetOrAdd(name, _ => new(1));
        await own.WaitAsync(cancellationToken);
        var turn = new Turn(own, database.IsPostgreSql ? new NpgsqlConnection(ConnectionString()) : null, timeProvider);
        try
        {
            await turn.LockAsync(name, cancellationToken);
            return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    /// <summary>A dashboard that is frozen in the middle of a job loses its turn: it says a word every ten seconds otherwise.</summary>
    private string ConnectionString()
    {
        var parts = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, MinPoolSize = 0, KeepAlive = 10, Timeout = AnswerSeconds, CommandTimeout = AnswerSeconds, ApplicationName = "WsusDashboard job" };
        parts.Options = $"{parts.Options} -c idle_session_timeout=60000".Trim();
        return parts.ConnectionString;
    }

    private sealed class Turn(SemaphoreSlim own, NpgsqlConnection? connection, TimeProvider timeProvider) : IAsyncDisposable
    {
        public async Task LockAsync(string name, CancellationToken cancellationToken)
        {
            if (connection is not null)
            {
                await connection.OpenAsync(cancellationToken);
                await using var command = connection.CreateCommand();
                command.CommandText = "SELECT pg_try_advisory_lock(@class, hashtext(@name))";
                command.Parameters.AddWithValue("class", LockClass);
                command.Parameters.AddWithValue("name", name);

                // As long as a job may take; the token of the job ends the wait. Each question has an answer, or a database that went without a word is found out.
                while (await command.ExecuteScalarAsync(cancellationToken) is not true)
                {
                    await Task.Delay(AskEvery, timeProvider, cancellationToken);
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }

            own.Release();
        }
    }
}
