using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WsusDashboard.Dashboard.Data;

/// <summary>
/// The dashboard's writers of one SQLite file, one after the other in the order they came.
/// SQLite knows one writer at a time and lets the others ask again every 150 ms: whoever writes one transaction after another keeps a person's change out until its time is over.
/// </summary>
/// <remarks>Threading: any. Reads never wait. A writer outside this process is still met by SQLite's own time-out.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the options of the contexts; a semaphore whose handle nobody asked for holds nothing.")]
internal sealed class WriterTurns : IDbTransactionInterceptor, IDbCommandInterceptor, IDbConnectionInterceptor, ISaveChangesInterceptor
{
    private const int SqliteBusy = 5;

    /// <summary>Longer than the longest transaction on a slow disk; after it, the caller hears that the database is busy, as from SQLite.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private DbConnection? _writer;

    /// <summary>One statement alone is a transaction too, and has its turn as one.</summary>
    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        eventData.Context!.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        return result;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        new(SavingChanges(eventData, result));

    public InterceptionResult<DbTransaction> TransactionStarting(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
    {
        Take(connection);
        return Begin(connection, eventData);
    }

    public async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        await TakeAsync(connection, cancellationToken);
        return Begin(connection, eventData);
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Release(eventData.Context);

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Release(eventData.Context);
        return Task.CompletedTask;
    }

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => Release(eventData.Context);

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Release(eventData.Context);
        return Task.CompletedTask;
    }

    public InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        if (IsAlone(command))
        {
            Take(command.Connection!);
        }

        return result;
    }

    public async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (IsAlone(command))
        {
            await TakeAsync(command.Connection!, cancellationToken);
        }

        return result;
    }

    public int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        ReleaseAfter(command);
        return result;
    }

    public ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        ReleaseAfter(command);
        return new(result);
    }

    public void CommandFailed(DbCommand command, CommandErrorEventData eventData) => ReleaseAfter(command);

    public Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        ReleaseAfter(command);
        return Task.CompletedTask;
    }

    public void CommandCanceled(DbCommand command, CommandEndEventData eventData) => ReleaseAfter(command);

    public Task CommandCanceledAsync(DbCommand command, CommandEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ReleaseAfter(command);
        return Task.CompletedTask;
    }

    /// <summary>A transaction that is disposed of without an end raises nothing else.</summary>
    public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => Release(connection);

    public Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        Release(connection);
        return Task.CompletedTask;
    }

    private static bool IsAlone(DbCommand command) => command.Transaction is null;

    private InterceptionResult<DbTransaction> Begin(DbConnection connection, TransactionStartingEventData eventData)
    {
        try
        {
            return InterceptionResult<DbTransaction>.SuppressWithResult(connection.BeginTransaction(eventData.IsolationLevel));
        }
        catch
        {
            Release(connection);
            throw;
        }
    }

    private void Take(DbConnection connection)
    {
        if (Volatile.Read(ref _writer) != connection)
        {
            Take(connection, _turn.Wait(LongestWait));
        }
    }

    private async Task TakeAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _writer) != connection)
        {
            Take(connection, await _turn.WaitAsync(LongestWait, cancellationToken));
        }
    }

    private void Take(DbConnection connection, bool isTurn)
    {
        if (!isTurn)
        {
            throw new SqliteException($"No turn to write within {LongestWait.TotalSeconds:0} seconds.", SqliteBusy);
        }

        Volatile.Write(ref _writer, connection);
    }

    private void ReleaseAfter(DbCommand command)
    {
        if (IsAlone(command) && command.Connection is { } connection)
        {
            Release(connection);
        }
    }

    private void Release(DbContext? context)
    {
        if (context is null)
        {
            return;
        }

        try
        {
            Release(context.Database.GetDbConnection());
        }
        catch (ObjectDisposedException)
        {
            // The program ends and its services are gone, in the middle of a write: nobody waits for a turn any more.
        }
    }

    private void Release(DbConnection connection)
    {
        if (Interlocked.CompareExchange(ref _writer, null, connection) == connection)
        {
            _turn.Release();
        }
    }
}
