using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared;

namespace WsusDashboard.Dashboard.Data;

/// <summary>
/// Creates and migrates the database when the dashboard starts. A database that cannot be opened does not end the program: the banner says why,
/// and the opening is tried again until it succeeds. A SQLite file that is damaged is set aside, and the newest backup takes its place.
/// </summary>
internal sealed partial class DatabaseInitializer(
    IDbContextFactory<DashboardContext> contexts,
    IDbContextFactory<SecurityContext> securityContexts,
    StorageHealth health,
    OpeningTurn turn,
    DatabaseProvider provider,
    Backoff backoff,
    TimeProvider timeProvider,
    ILogger<DatabaseInitializer> logger,
    DatabaseRescue? rescue = null,
    DatabaseAdmission? admission = null) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _retrying = Task.CompletedTask;

    /// <summary>Ends when the database is there, with the tables of this version.</summary>
    public Task WhenOpened => _opened.Task;

    public bool IsOpen => _opened.Task.IsCompletedSuccessfully;

    /// <exception cref="DashboardStartException">Another version made the database, or it belongs to dashboards with other keys.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        rescue?.Watch();
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
        try
        {
            do
            {
                await Task.Delay(backoff.Next(++attempt), timeProvider, cancellationToken);
            }
            while (!await TryOpenAsync(cancellationToken));
        }
        catch (DashboardStartException exception)
        {
            // It could not be read at the start, and people use this dashboard by now: the banner tells them.
            health.ReportFailure(exception is DatabaseVersionException ? StorageProblem.OtherVersion : StorageProblem.OtherKeys);
            Log.NotOpened(logger, exception.Message, null);
        }
    }

    private async Task<bool> TryOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (rescue is null || provider.IsPostgreSql)
            {
                await OpenAsync(cancellationToken);
            }
            else
            {
                await OpenFileAsync(rescue, cancellationToken);
            }

            health.ReportSuccess();
            _opened.TrySetResult();
            return true;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or DashboardStartException))
        {
            var problem = StorageFault.Of(exception);
            health.ReportFailure(problem == StorageProblem.None ? StorageProblem.Other : problem);
            Log.NotOpened(logger, health.Current.Message, exception);
            return false;
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var own = await turn.EnterAsync(cancellationToken);
        await using var security = await securityContexts.CreateDbContextAsync(cancellationToken);
        foreach (var tables in new DbContext[] { context, security })
        {
            await CheckVersionAsync(tables.Database, cancellationToken);
        }

        await MigrateAsync(context.Database, cancellationToken);
        await MigrateAsync(security.Database, cancellationToken);
        if (context.Database.IsSqlite())
        {
            // Fails now, not at the first event, where the file cannot be written. A backup that was put in place has no log beside it yet.
            await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = 'wal'; BEGIN IMMEDIATE; ROLLBACK;", cancellationToken);
        }

        if (admission is not null)
        {
            await admission.CheckAsync(cancellationToken);
        }
    }

    private async Task OpenFileAsync(DatabaseRescue rescuer, CancellationToken cancellationToken)
    {
        var isDamaged = rescuer.Report is { IsDone: false } || rescuer.IsLostOrDamaged();
        if (!isDamaged)
        {
            try
            {
                OwnFiles.Prepare(provider.Name);
                await OpenAsync(cancellationToken);
                rescuer.Trust();
                return;
            }
            catch (Exception exception) when (StorageFault.Of(exception) == StorageProblem.Damaged)
            {
                Log.Damaged(logger, provider.Name, exception);
            }
        }

        ReleaseFile();
        rescuer.SetAside();
        rescuer.Finish(await PutBackupInPlaceAsync(rescuer, cancellationToken));
    }

    /// <summary>The path of the backup that is open now; null where the database is a new one.</summary>
    private async Task<string?> PutBackupInPlaceAsync(DatabaseRescue rescuer, CancellationToken cancellationToken)
    {
        foreach (var backup in rescuer.SoundBackups())
        {
            try
            {
                rescuer.Restore(backup);
                await OpenAsync(cancellationToken);
                return backup;
            }
            catch (Exception exception) when (exception is DatabaseVersionException || StorageFault.Of(exception) == StorageProblem.Damaged)
            {
                ReleaseFile();
                rescuer.TakeBack();
            }
        }

        OwnFiles.Prepare(provider.Name);
        await OpenAsync(cancellationToken);
        return null;
    }

    /// <summary>Windows moves no file that a pooled connection holds.</summary>
    private void ReleaseFile()
    {
        using var connection = new SqliteConnection(provider.ConnectionString);
        SqliteConnection.ClearPool(connection);
    }

    private async Task CheckVersionAsync(DatabaseFacade database, CancellationToken cancellationToken)
    {
        if ((await database.GetAppliedMigrationsAsync(cancellationToken)).Except(database.GetMigrations()).Any())
        {
            if (database.GetDbConnection() is SqliteConnection connection)
            {
                // Windows moves no file that a pooled connection holds.
                SqliteConnection.ClearPool(connection);
            }

            throw new DatabaseVersionException(provider);
        }
    }

    private static async Task MigrateAsync(DatabaseFacade database, CancellationToken cancellationToken)
    {
        if (!(await database.GetPendingMigrationsAsync(cancellationToken)).Any())
        {
            return;
        }

        if (database.IsSqlite())
        {
            // A dashboard that was killed while it migrated leaves a row that the next one would wait for, for ever. This one holds the folder alone.
            await database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"; PRAGMA journal_mode = 'wal';", cancellationToken);
        }

        await database.MigrateAsync(cancellationToken);
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
        [LoggerMessage(1, LogLevel.Error, "The database couldn't be opened: {Reason}")]
        public static partial void NotOpened(ILogger logger, string reason, Exception? exception);

        [LoggerMessage(2, LogLevel.Error, "The database {Path} is damaged; setting it aside")]
        public static partial void Damaged(ILogger logger, string path, Exception exception);
    }
}
