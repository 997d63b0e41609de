using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Security.Auditing;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>Deletes what is older than the options say; in portions, so that the writer of the history never waits long.</summary>
internal sealed class RetentionJob(IDbContextFactory<DashboardContext> contexts, AuditLog auditLog, DashboardOptions options, TimeProvider timeProvider) : Job
{
    private const int Portion = 5_000;

    public override string Name => "retention";

    public override string Schedule => string.Create(CultureInfo.InvariantCulture, $"0 {options.NightlyHour} * * *");

    public override async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var (changes, events, audit) = (Before(options.StateChangeRetentionDays), Before(options.EventRetentionDays), Before(options.AuditRetentionDays));

        // By whole months: the packed month in which the limit lies stays equal to its rows.
        var month = Month.Of(Before(options.SyncRetentionDays));
        var (syncs, firstKept) = (Month.StartOf(month), SyncMonthEntity.FirstIdOf(month));
        var deleted = await DeleteAsync(context => context.SyncRuns.Where(run => run.StartedAt < syncs).OrderBy(run => run.StartedAt), cancellationToken);
        deleted += await DeleteAsync(context => context.RunEvidence.Where(evidence => evidence.At < events).OrderBy(evidence => evidence.At), cancellationToken);
        deleted += await DeleteAsync(context => context.SyncMonths.Where(packed => packed.Id < firstKept).OrderBy(packed => packed.Id), cancellationToken);
        await StampAsync(month, cancellationToken);
        deleted += await DeleteAsync(context => context.StateChanges.Where(change => change.At < changes).OrderBy(change => change.At), cancellationToken);
        deleted += await DeleteAsync(context => context.ServerEvents.Where(serverEvent => serverEvent.At < events).OrderBy(serverEvent => serverEvent.At), cancellationToken);
        deleted += await DeleteSamplesAsync(SampleGrain.Minute, Before(options.MinuteSampleRetentionDays), cancellationToken);
        deleted += await DeleteSamplesAsync(SampleGrain.Hour, Before(options.HourSampleRetentionDays), cancellationToken);
        deleted += await DeleteSamplesAsync(SampleGrain.Day, Before(options.DaySampleRetentionDays), cancellationToken);
        deleted += await DeleteAsync(context => context.Remediations.Where(run => run.EndedAt != null && run.StartedAt < audit).OrderBy(run => run.StartedAt), cancellationToken);
        deleted += await auditLog.RemoveBeforeAsync(audit, cancellationToken);
        deleted += await DeleteAsync(context => context.JobRuns.Where(run => run.StartedAt < changes).OrderBy(run => run.StartedAt), cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"Deleted {deleted} rows that were older than the retention.");

        DateTime Before(int days) => now.AddDays(-days);
    }

    /// <summary>What was computed from the months that are gone is good no more.</summary>
    private async Task StampAsync(int firstKept, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await SyncMonths.StampBeforeAsync(context, firstKept, cancellationToken);
    }

    /// <summary>Whole chunks that ended before the limit, server by server: that is the order of their key. What is not rolled up yet stays.</summary>
    private async Task<int> DeleteSamplesAsync(SampleGrain grain, DateTime before, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var firstKept = Grains.ChunkOf(grain, Grains.UnitOf(grain, before));
        var deleted = 0;
        foreach (var serverId in await context.Servers.Select(server => server.Id).ToListAsync(cancellationToken))
        {
            deleted += await context.SampleChunks
                .Where(chunk => chunk.ServerId == serverId && chunk.Grain == grain && chunk.StartHour < firstKept && chunk.RollupDue == 0)
                .ExecuteDeleteAsync(cancellationToken);
        }

        return deleted;
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
