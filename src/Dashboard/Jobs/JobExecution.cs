using System.Diagnostics.Metrics;
using Hangfire;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>What Hangfire calls: runs one job by name and, where it ran by its schedule, keeps in a row of ours what came of it.</summary>
internal sealed partial class JobExecution(IEnumerable<IJob> jobs, IDbContextFactory<DashboardContext> contexts, DatabaseInitializer database, DatabaseProvider provider, TimeProvider timeProvider, ILogger<JobExecution> logger)
{
    private static readonly Counter<long> Failures = Instrumentation.Meter.CreateCounter<long>("wsusdashboard.job.failures", "{failure}", "Jobs that failed.");

    /// <summary>One for each job and subject: of two runs of the same, the second begins when the first has ended, whichever dashboard has it.</summary>
    private readonly JobTurns _turns = new(provider, timeProvider);

    /// <summary>Runs a job. A failure is kept, logged and thrown: Hangfire shows it, and tries again three times.</summary>
    [AutomaticRetry(Attempts = 3, DelaysInSeconds = [30, 120, 600])]
    [JobDisplayName("{0} {1}")]
    public async Task RunAsync(string name, string subject, CancellationToken cancellationToken)
    {
        var job = jobs.First(known => known.Name == name);
        await database.WhenOpened.WaitAsync(cancellationToken);
        await using var turn = await _turns.EnterAsync($"{name} {subject}", cancellationToken);
        var startedAt = timeProvider.GetUtcNow().UtcDateTime;
        try
        {
            if (subject.Length > 0)
            {
                await ((IQueuedJob)job).RunAsync(subject, cancellationToken);
            }
            else if (await job.RunAsync(cancellationToken) is { Length: > 0 } message)
            {
                Log.Ended(logger, name, message);
                await KeepAsync(name, startedAt, succeeded: true, message);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Failures.Add(1, KeyValuePair.Create("wsusdashboard.job", (object?)name));
            Log.Failed(logger, name, subject, exception);
            if (subject.Length == 0)
            {
                await KeepAsync(name, startedAt, succeeded: false, exception.Message);
            }

            throw;
        }
    }

    private async Task KeepAsync(string name, DateTime startedAt, bool succeeded, string message)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
            context.JobRuns.Add(new JobRunEntity { Name = name, StartedAt = startedAt, EndedAt = timeProvider.GetUtcNow().UtcDateTime, Succeeded = succeeded, Message = message });
            await context.SaveChangesAsync(CancellationToken.None);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            Log.NotKept(logger, name, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Job {JobName}: {Message}")]
        public static partial void Ended(ILogger logger, string jobName, string message);

        [LoggerMessage(2, LogLevel.Error, "Job {JobName} {Subject} failed and will be retried")]
        public static partial void Failed(ILogger logger, string jobName, string subject, Exception exception);

        [LoggerMessage(3, LogLevel.Warning, "The outcome of job {JobName} couldn't be stored")]
        public static partial void NotKept(ILogger logger, string jobName, Exception exception);
    }
}
