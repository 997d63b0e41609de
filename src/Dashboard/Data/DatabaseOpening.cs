using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Security.Data;

namespace WsusDashboard.Dashboard.Data;

/// <summary>
/// Creates and migrates the database when the dashboard starts. A database that cannot be opened does not end the program: the banner says why,
/// and the opening is tried again until it succeeds.
/// </summary>
internal sealed partial class DatabaseOpening(
    IDbContextFactory<DashboardContext> contexts,
    IDbContextFactory<SecurityContext> securityContexts,
    StorageHealth health,
    DatabaseLease lease,
    Backoff backoff,
    TimeProvider timeProvider,
    ILogger<DatabaseOpening> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _retrying = Task.CompletedTask;

    /// <summary>Ends when the database is there, with the tables of this version.</summary>
    public Task WhenOpened => _opened.Task;

    public bool IsOpen => _opened.Task.IsCompletedSuccessfully;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await TryOpenAsync(cancellationToken))
        {
            _retrying = RetryAsync(_stopping.Token);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _retrying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RetryAsync(CancellationToken cancellationToken)
    {
        var attempt = 0;
        do
        {
            await Task.Delay(backoff.Next(++attempt), timeProvider, cancellationToken);
        }
        while (!await TryOpenAsync(cancellationToken));
    }

    private async Task<bool> TryOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            await lease.TakeAsync(cancellationToken);
            if ((await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
            {
                await MigrateAsync(context, cancellationToken);
            }

            await using var security = await securityContexts.CreateDbContextAsync(cancellationToken);
            if ((await security.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
            {
                await FreeMigrationsAsync(security, cancellationToken);
                await security.Database.MigrateAsync(cancellationToken);
            }

            if (context.Database.IsSqlite())
            {
                // Fails now, not at the first event, where the file cannot be written.
                await context.Database.ExecuteSqlRawAsync("BEGIN IMMEDIATE; ROLLBACK;", cancellationToken);
            }

            health.ReportSuccess();
            _opened.TrySetResult();
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var problem = StorageFault.Of(exception);
            health.ReportFailure(problem == StorageProblem.None ? StorageProblem.Other : problem);
            Log.NotOpened(logger, health.Current.Message, exception);
            return false;
        }
    }

    private static async Task FreeMigrationsAsync(DbContext context, CancellationToken cancellationToken)
    {
        if (context.Database.IsSqlite())
        {
            // A dashboard that was killed while it migrated leaves a row that the next one would wait for, for ever. This one holds the folder alone.
            await context.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\";", cancellationToken);
        }
    }

    private static async Task MigrateAsync(DashboardContext context, CancellationToken cancellationToken)
    {
        await FreeMigrationsAsync(context, cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);
        if (context.Database.IsSqlite())
        {
            await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = 'wal';", cancellationToken);
        }

        await SyncMonths.PackAllAsync(context, cancellationToken);
    }

    /// <summary>One connection string for all contexts of a dashboard on SQLite.</summary>
    public static string ConnectionString(DashboardOptions options) => new SqliteConnectionStringBuilder
    {
        DataSource = options.DatabasePath,

        // Seconds that a statement waits for a lock (SQLite's busy time-out); a page shows a banner rather than wait longer.
        DefaultTimeout = 5,
        ForeignKeys = true,
    }.ToString();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The database could not be opened: {Reason}")]
        public static partial void NotOpened(ILogger logger, string reason, Exception exception);
    }
}
