using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>Deletes what is older than the options say; in portions, so that the writer of the history never waits long.</summary>
internal sealed class RetentionJob(IDbContextFactory<DashboardContext> contexts, DashboardOptions options, TimeProvider timeProvider) : Job
{
    private const int Portion = 5_000;

    public override string Name => "retention";

    public override string Schedule => string.Create(CultureInfo.InvariantCulture, $"0 {options.NightlyHour} * * *");

    public override async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var (syncs, changes, minutes, hours, audit) = (Before(options.SyncRetentionDays), Before(options.StateChangeRetentionDays), Before(options.MinuteSampleRetentionDays), Before(options.HourSampleRetentionDays), Before(options.AuditRetentionDays));
        var deleted = 0;
        deleted += await DeleteAsync(context => context.SyncRuns.Where(run => run.StartedAt < syncs).OrderBy(run => run.StartedAt), cancellationToken);
        deleted += await DeleteAsync(context => context.StateChanges.Where(change => change.At < changes).OrderBy(change => change.At), cancellationToken);
        deleted += await DeleteAsync(context => context.Samples.Where(sample => sample.At < minutes).OrderBy(sample => sample.At), cancellationToken);
        deleted += await DeleteAsync(context => context.SampleRollups.Where(rollup => (rollup.Grain == SampleGrain.Hour && rollup.At < hours) || rollup.At < syncs).OrderBy(rollup => rollup.At), cancellationToken);
        deleted += await DeleteAsync(context => context.Remediations.Where(run => run.EndedAt != null && run.StartedAt < audit).OrderBy(run => run.StartedAt), cancellationToken);
        deleted += await DeleteAsync(context => context.Audit.Where(entry => entry.At < audit).OrderBy(entry => entry.At), cancellationToken);
        deleted += await DeleteAsync(context => context.JobRuns.Where(run => run.StartedAt < changes).OrderBy(run => run.StartedAt), cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"Deleted {deleted} rows that were older than the retention.");

        DateTime Before(int days) => now.AddDays(-days);
    }

    private async Task<int> DeleteAsync<T>(Func<DashboardContext, IOrderedQueryable<T>> select, CancellationToken cancellationToken)
    {
        var total = 0;
        while (true)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var deleted = await select(context).Take(Portion).ExecuteDeleteAsync(cancellationToken);
            total += deleted;
            if (deleted < Portion)
            {
                return total;
            }
        }
    }
}
