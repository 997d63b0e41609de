using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>A dashboard without any backup makes its first one after an hour: by then its servers and people are there, and the night may be far away.</summary>
internal sealed class FirstBackup(DatabaseInitializer database, JobExecution execution, DashboardOptions options, TimeProvider timeProvider) : BackgroundService
{
    private static readonly TimeSpan After = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            if (BackupFiles.NewestFirst(options).Count > 0)
            {
                return;
            }

            await Task.Delay(After, timeProvider, stoppingToken);
            if (BackupFiles.NewestFirst(options).Count == 0)
            {
                await execution.RunAsync(BackupJob.Id, "", stoppingToken);
            }
        }
        catch (Exception)
        {
            // The dashboard stops, or the job's row and the log say what failed; the night tries again.
        }
    }
}
