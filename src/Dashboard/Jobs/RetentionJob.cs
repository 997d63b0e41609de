using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Auditing;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>Deletes what is older than the options say; in portions, so that the writer of the history never waits long.</summary>
internal sealed class RetentionJob(IDbContextFactory<DashboardContext> contexts, AuditLog auditLog, DashboardOptions options, TimeProvider timeProvider) : IJob
{
    private const int Portion = 5_000;
    private const int ServersAtOnce = 50;

    /// <summary>A clock that was set by so much since the last night is believed only when the next night agrees with it.</summary>
    private static readonly TimeSpan LargestStep = TimeSpan.FromDays(30);

    public string Name => "retention";

    public string Schedule => string.Create(CultureInfo.InvariantCulture, $"0 {options.Jobs.NightlyHour} * * *");

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        if (await FindLastAsync(cancellationToken) is { } last && (now - last).Duration() > LargestStep)
        {
            return string.Create(CultureInfo.InvariantCulture, $"Deleted nothing: the clock is {(now - last).TotalDays:N0} days away from the last night ({last:yyyy-MM-dd HH:mm} UTC). If the clock is right, old data is deleted tomorrow night.");
        }

        var (changes, events, audit) = (Before(options.Retention.StateChangeDays), Before(options.Retention.EventDays), Before(options.Retention.AuditDays));

        // A plan of yesterday that nobody started fits no server any more.
        var forgotten = Before(1);
        var syncs = Before(options.Retention.SyncDays);
        var deleted = await DeleteAsync(context => context.SyncRuns.Where(run => run.StartedAt < syncs).OrderBy(run => run.StartedAt), cancellationToken);
        deleted += await DeleteAsync(context => context.CauseDisputes.Where(dispute => dispute.RunStartedAt < syncs).OrderBy(dispute => dispute.RunStartedAt), cancellationToken);
        deleted += await DeleteAsync(context => context.RunEvidence.Where(evidence => evidence.At < events).OrderBy(evidence => evidence.At), cancellationToken);
        deleted += await DeleteRollupAsync(SyncPeriod.Of(syncs), cancellationToken);
        deleted += await DeleteAsync(context => context.StateChanges.Where(change => change.At < changes).OrderBy(change => change.At), cancellationToken);
        deleted += await DeleteAsync(context => context.ServerEvents.Where(serverEvent => serverEvent.At < events).OrderBy(serverEvent => serverEvent.At), cancellationToken);
        deleted += await DeleteProblemsAsync(Before(options.Retention.ProblemDays), cancellationToken);
        deleted += await DeleteAlertsAsync(Before(options.Retention.ProblemDays), now, cancellationToken);
        deleted += await DeleteAsync(context => context.PostureAcknowledgements.Where(acknowledgement => acknowledgement.Until < audit).OrderBy(acknowledgement => acknowledgement.Until), cancellationToken);
        deleted += await DeleteSamplesAsync(SampleGrain.Minute, Before(options.Retention.MinuteSampleDays), cancellationToken);
        deleted += await DeleteSamplesAsync(SampleGrain.Hour, Before(options.Retention.HourSampleDays), cancellationToken);
        deleted += await DeleteSamplesAsync(SampleGrain.Day, Before(options.Retention.DaySampleDays), cancellationToken);
        deleted += await DeleteAsync(context => context.Repairs.Where(run => run.EndedAt != null && run.StartedAt < audit).OrderBy(run => run.StartedAt), cancellationToken);
        deleted += await DeleteAsync(context => context.RepairBatches.Where(batch => batch.CreatedAt < audit || (batch.StartedAt == null && batch.CreatedAt < forgotten)).OrderBy(batch => batch.CreatedAt), cancellationToken);
        var reports = Before(options.Retention.ReportDays);
        deleted += await DeleteAsync(context => context.Reports.Where(report => report.MadeAt < reports).OrderBy(report => report.MadeAt), cancellationToken);
        deleted += await auditLog.RemoveBeforeAsync(audit, cancellationToken);
        deleted += await DeleteAsync(context => context.JobRuns.Where(run => run.StartedAt < changes).OrderBy(run => run.StartedAt), cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"Deleted {deleted} rows past their retention.");

        DateTime Before(int days) => now.AddDays(-days);
    }

    /// <summary>UTC; when this job ran last, in the order of the rows: their times are those of the clock in question.</summary>
    private async Task<DateTime?> FindLastAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.JobRuns.Where(run => run.Name == Name).OrderByDescending(run => run.Id).Select(run => (DateTime?)run.StartedAt).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Periods that are over go; the one in which the limit lies is made anew from the runs that stayed.</summary>
    private async Task<int> DeleteRollupAsync(int period, CancellationToken cancellationToken)
    {
        var (first, end) = (SyncPeriod.FirstIdOf(period), SyncPeriod.FirstIdOf(period + 1));
        var deleted = await DeleteAsync(context => context.SyncPeriods.Where(row => row.Id < first).OrderBy(row => row.Id), cancellationToken);
        deleted += await DeleteAsync(context => context.SyncPeriodCounts.Where(row => row.PeriodId < first).OrderBy(row => row.PeriodId), cancellationToken);
        await using var reading = await contexts.CreateDbContextAsync(cancellationToken);
        var servers = await reading.SyncPeriods.Where(row => row.Id >= first && row.Id < end).Select(row => row.ServerId).ToListAsync(cancellationToken);
        foreach (var some in servers.Chunk(ServersAtOnce))
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            await SyncRollup.WriteAsync(context, [.. some.Select(server => new ServerPeriod(server, period))], cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return deleted;
    }

    /// <summary>Resolved ones, with what has happened to them; one that goes on keeps the newer part of its life. What the audit has not been told yet stays.</summary>
    private async Task<int> DeleteProblemsAsync(DateTime before, CancellationToken cancellationToken)
    {
        var deleted = await DeleteAsync(context => context.ProblemServers.Where(row => row.State == ProblemState.Resolved && row.ResolvedAt < before).OrderBy(row => row.ResolvedAt), cancellationToken);
        deleted += await DeleteAsync(context => context.ProblemEvents.Where(moment => moment.At < before && moment.AuditDue == 0).OrderBy(moment => moment.At), cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return deleted + await ProblemTracker.RemoveEmptyAsync(context, cancellationToken);
    }

    /// <summary>Messages first: an alert whose number is free again must not meet those of the one before.</summary>
    private async Task<int> DeleteAlertsAsync(DateTime before, DateTime now, CancellationToken cancellationToken) =>
        await DeleteAsync(context => context.AlertDeliveries.Where(delivery => delivery.CreatedAt < before).OrderBy(delivery => delivery.CreatedAt), cancellationToken)
        + await DeleteAsync(context => context.Alerts.Where(alert => alert.EndedAt < before).OrderBy(alert => alert.EndedAt), cancellationToken)
        + await DeleteAsync(context => context.UsedAlertLinks.Where(link => link.ExpiresAt < now).OrderBy(link => link.ExpiresAt), cancellationToken);

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
