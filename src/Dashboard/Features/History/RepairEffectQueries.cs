using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Before and after a repair, in two windows: that before is as long as that since, and at least a day.</summary>
internal sealed class RepairEffectQueries(IDbContextFactory<DashboardContext> contexts, DashboardOptions options, TimeProvider timeProvider, Caller caller)
{
    /// <summary>The longest window: later synchronizations say little about a repair.</summary>
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(14);

    /// <summary>Null where there is no such repair on a server that the caller may see, or it has not ended.</summary>
    public async Task<RepairEffect?> GetAsync(int serverId, string repairId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await TimelineQueries.FindAsync(context, caller, serverId, cancellationToken) is null)
        {
            return null;
        }

        var run = await context.Repairs.AsNoTracking()
            .Where(entity => entity.ServerId == serverId && entity.RepairId == repairId && entity.State != RepairState.Running)
            .Select(entity => new { entity.StartedAt, entity.EndedAt })
            .FirstOrDefaultAsync(cancellationToken);
        if (run?.EndedAt is not { } endedAt)
        {
            return null;
        }

        // The next repair begins a time of its own.
        var next = await context.Repairs.Where(entity => entity.ServerId == serverId && entity.StartedAt > endedAt).MinAsync(entity => (DateTime?)entity.StartedAt, cancellationToken);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var until = Earliest(now, endedAt + LongestWindow, next);
        var length = until - endedAt;
        return RepairEffect.Judge(
            length,
            await CountAsync(context, serverId, run.StartedAt - RepairEffect.BeforeLengthOf(length), run.StartedAt, cancellationToken),
            await CountAsync(context, serverId, endedAt, until, cancellationToken),
            isOver: until < now);
    }

    private static DateTime Earliest(DateTime now, DateTime limit, DateTime? next)
    {
        var until = now < limit ? now : limit;
        return next is { } begins && begins < until ? begins : until;
    }

    private async Task<RepairWindow> CountAsync(DashboardContext context, int serverId, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        var results = await context.SyncRuns
            .Where(run => run.ServerId == serverId && run.StartedAt >= from && run.StartedAt < to && run.IsCounted)
            .GroupBy(run => new { run.Result, run.CauseId })
            .Select(group => new { group.Key.Result, group.Key.CauseId, Count = group.Count() })
            .ToListAsync(cancellationToken);
        var failures = results.FindAll(group => group.Result is SyncResult.Failed or SyncResult.Cancelled);
        var failed = failures.Sum(group => group.Count);
        var troubles = ServerEventKinds.Troubles;
        var recycles = await context.ServerEvents
            .CountAsync(item => item.ServerId == serverId && item.At >= from && item.At < to && item.Provider == WindowsEvents.WasProvider && troubles.Contains(item.EventId), cancellationToken);

        var samples = new SampleReader(context, options, timeProvider.GetUtcNow());
        var grain = from.ToOffset() > timeProvider.GetUtcNow().AddDays(-options.Retention.MinuteSampleDays) ? SampleGrain.Minute : SampleGrain.Hour;
        var spans = await samples.ReadSpansAsync(serverId, grain, from.ToOffset(), to.ToOffset(), cancellationToken);
        long? rejected = spans.Any(span => span.Rejected is not null) ? spans.Sum(span => span.Rejected ?? 0) : null;
        return new(failed + results.Where(group => group.Result == SyncResult.Succeeded).Sum(group => group.Count), failed, recycles, rejected)
        {
            OtherCauses = failures.Where(group => group.CauseId is { } cause && CauseCatalog.IsBeyondRepair(cause)).Sum(group => group.Count),
            MemoryPeakKilobytes = spans.Max(span => span.WorkerMaximum),
            HasPatchTuesday = PatchTuesday.Between(from.ToOffset(), to.ToOffset()).Count > 0,
        };
    }
}
