using Hangfire;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>What Hangfire calls: runs one job by name and keeps, in a row of ours, what came of it. Public because Hangfire asks for that.</summary>
public sealed partial class JobExecution
{
    private readonly IReadOnlyList<Job> _jobs;
    private readonly IDbContextFactory<DashboardContext> _contexts;
    private readonly DatabaseOpening _database;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<JobExecution> _logger;

    internal JobExecution(IReadOnlyList<Job> jobs, IDbContextFactory<DashboardContext> contexts, DatabaseOpening database, TimeProvider timeProvider, ILogger<JobExecution> logger) =>
        (_jobs, _contexts, _database, _timeProvider, _logger) = (jobs, contexts, database, timeProvider, logger);

    /// <summary>Runs a job; a failure is kept, logged and thrown, so that the page of jobs shows it. The next turn of the schedule tries again.</summary>
    [AutomaticRetry(Attempts = 0)]
    [DisableConcurrentExecution(timeoutInSeconds: 1)]
    [JobDisplayName("{0}")]
    public async Task RunAsync(string name, CancellationToken cancellationToken)
    {
        var job = _jobs.First(known => known.Name == name);
        var startedAt = _timeProvider.GetUtcNow().UtcDateTime;
        try
        {
            await _database.WhenOpened.WaitAsync(cancellationToken);
            var message = await job.RunAsync(cancellationToken);
            Log.Ended(_logger, name, message);
            await KeepAsync(name, startedAt, succeeded: true, message);
        }
        catch (Exception exception)
        {
            Log.Failed(_logger, name, exception);
            await KeepAsync(name, startedAt, succeeded: false, exception.Message);
            throw;
        }
    }

    private async Task KeepAsync(string name, DateTime startedAt, bool succeeded, string message)
    {
        try
        {
            await using var context = await _contexts.CreateDbContextAsync(CancellationToken.None);
            context.JobRuns.Add(new JobRunEntity { Name = name, StartedAt = startedAt, EndedAt = _timeProvider.GetUtcNow().UtcDateTime, Succeeded = succeeded, Message = message });
            await context.SaveChangesAsync(CancellationToken.None);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            Log.NotKept(_logger, name, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Job {JobName}: {Message}")]
        public static partial void Ended(ILogger logger, string jobName, string message);

        [LoggerMessage(2, LogLevel.Error, "Job {JobName} failed; its next turn tries again")]
        public static partial void Failed(ILogger logger, string jobName, Exception exception);

        [LoggerMessage(3, LogLevel.Warning, "The outcome of job {JobName} could not be stored")]
        public static partial void NotKept(ILogger logger, string jobName, Exception exception);
    }
}
