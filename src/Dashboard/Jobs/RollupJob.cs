using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>Rolls samples up: minutes to hours, hours to days. Only whole spans; done again after an interruption it writes the same.</summary>
internal sealed class RollupJob(IDbContextFactory<DashboardContext> contexts, DashboardOptions options, TimeProvider timeProvider) : Job
{
    public override string Name => "roll-up";

    /// <summary>A few minutes after the hour, when its last minute is stored.</summary>
    public override string Schedule => "4 * * * *";

    public override async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var thisHour = now.Date.AddHours(now.Hour);
        var hours = await RollAsync(SampleGrain.Hour, TimeSpan.FromHours(1), now.Date.AddDays(-options.MinuteSampleRetentionDays), thisHour, ReadMinutesAsync, cancellationToken);
        var days = await RollAsync(SampleGrain.Day, TimeSpan.FromDays(1), now.Date.AddDays(-options.HourSampleRetentionDays), now.Date, ReadHoursAsync, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"Rolled up {hours} hours and {days} days.");
    }

    private async Task<int> RollAsync(SampleGrain grain, TimeSpan span, DateTime earliest, DateTime end, Func<DashboardContext, DateTime, DateTime, CancellationToken, Task<List<SampleRollupEntity>>> readAsync, CancellationToken cancellationToken)
    {
        var count = 0;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var last = await context.SampleRollups.Where(rollup => rollup.Grain == grain).MaxAsync(rollup => (DateTime?)rollup.At, cancellationToken);

        // The newest span is made again: an interruption may have left it in part.
        for (var start = last is { } known && known > earliest ? known : earliest; start < end; start += span)
        {
            var rollups = await readAsync(context, start, start + span, cancellationToken);
            if (rollups.Count > 0)
            {
                var from = start;
                await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
                await context.SampleRollups.Where(rollup => rollup.Grain == grain && rollup.At == from).ExecuteDeleteAsync(cancellationToken);
                context.SampleRollups.AddRange(rollups);
                await context.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                context.ChangeTracker.Clear();
                count += rollups.Count;
            }
        }

        return count;
    }

    private static Task<List<SampleRollupEntity>> ReadMinutesAsync(DashboardContext context, DateTime from, DateTime to, CancellationToken cancellationToken) => context.Samples
        .Where(sample => sample.At >= from && sample.At < to)
        .GroupBy(sample => sample.ServerId)
        .Select(group => new SampleRollupEntity
        {
            ServerId = group.Key,
            Grain = SampleGrain.Hour,
            At = from,
            Samples = group.Count(),
            WorkerKilobytesMinimum = group.Min(sample => sample.WorkerKilobytes),
            WorkerKilobytesMean = (long?)group.Average(sample => sample.WorkerKilobytes),
            WorkerKilobytesMaximum = group.Max(sample => sample.WorkerKilobytes),
            LimitKilobytes = group.Max(sample => sample.LimitKilobytes),
            QueuedRequestsMaximum = group.Max(sample => sample.QueuedRequests),
            RejectedRequestsMaximum = group.Max(sample => sample.RejectedRequests),
            UpdatesMaximum = group.Max(sample => sample.Updates),
            ConfigMgrUpdatesMaximum = group.Max(sample => sample.ConfigMgrUpdates),
        })
        .AsNoTracking()
        .ToListAsync(cancellationToken);

    private static Task<List<SampleRollupEntity>> ReadHoursAsync(DashboardContext context, DateTime from, DateTime to, CancellationToken cancellationToken) => context.SampleRollups
        .Where(hour => hour.Grain == SampleGrain.Hour && hour.At >= from && hour.At < to)
        .GroupBy(hour => hour.ServerId)
        .Select(group => new SampleRollupEntity
        {
            ServerId = group.Key,
            Grain = SampleGrain.Day,
            At = from,
            Samples = group.Sum(hour => hour.Samples),
            WorkerKilobytesMinimum = group.Min(hour => hour.WorkerKilobytesMinimum),
            WorkerKilobytesMean = group.Sum(hour => hour.WorkerKilobytesMean * hour.Samples) / group.Sum(hour => hour.WorkerKilobytesMean == null ? 0 : hour.Samples),
            WorkerKilobytesMaximum = group.Max(hour => hour.WorkerKilobytesMaximum),
            LimitKilobytes = group.Max(hour => hour.LimitKilobytes),
            QueuedRequestsMaximum = group.Max(hour => hour.QueuedRequestsMaximum),
            RejectedRequestsMaximum = group.Max(hour => hour.RejectedRequestsMaximum),
            UpdatesMaximum = group.Max(hour => hour.UpdatesMaximum),
            ConfigMgrUpdatesMaximum = group.Max(hour => hour.ConfigMgrUpdatesMaximum),
        })
        .AsNoTracking()
        .ToListAsync(cancellationToken);
}
