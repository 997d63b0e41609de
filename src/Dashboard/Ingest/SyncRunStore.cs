using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Stores synchronizations of one server, and says which of two views of the same one is counted.</summary>
internal sealed class SyncRunStore(DashboardContext context, int serverId)
{
    /// <summary>Runs this close to a new one can be the other view of it.</summary>
    private static readonly TimeSpan PairingWindow = TimeSpan.FromDays(1);

    public async Task StoreAsync(IReadOnlyList<SyncRun> runs, IReadOnlyList<CauseItem> causes, CancellationToken cancellationToken)
    {
        if (runs.Count > 0)
        {
            await StoreRunsAsync(runs, cancellationToken);
        }

        foreach (var cause in causes)
        {
            var entity = context.SyncRuns.Local.FirstOrDefault(run => run.ServerId == serverId && run.RunId == cause.RunId)
                ?? await context.SyncRuns.FirstOrDefaultAsync(run => run.ServerId == serverId && run.RunId == cause.RunId, cancellationToken);
            if (entity is not null)
            {
                entity.CauseId = cause.CauseId;
                entity.CauseTitle = cause.CauseTitle;
            }
        }
    }

    public static SyncRun ToRun(SyncRunEntity entity) => new()
    {
        Id = entity.RunId,
        Source = entity.Source,
        Trigger = entity.Trigger,
        StartedAt = entity.StartedAt.ToOffset(),
        EndedAt = entity.EndedAt.ToOffset(),
        Result = entity.Result,
        ErrorCode = entity.ErrorCode,
        ErrorText = entity.ErrorText,
        UpdatesChanged = entity.UpdatesChanged,
    };

    private async Task StoreRunsAsync(IReadOnlyList<SyncRun> runs, CancellationToken cancellationToken)
    {
        var from = runs.Min(run => run.StartedAt).UtcDateTime - PairingWindow;
        var to = runs.Max(run => run.StartedAt).UtcDateTime + PairingWindow;
        var ids = runs.Select(run => run.Id).ToHashSet();
        var known = await context.SyncRuns
            .Where(run => run.ServerId == serverId && ((run.StartedAt >= from && run.StartedAt <= to) || ids.Contains(run.RunId)))
            .ToDictionaryAsync(run => run.RunId, cancellationToken);
        foreach (var run in runs)
        {
            if (!known.TryGetValue(run.Id, out var entity))
            {
                entity = new() { ServerId = serverId, RunId = run.Id };
                known.Add(run.Id, entity);
                context.SyncRuns.Add(entity);
            }

            Copy(run, entity);
        }

        var uncounted = SyncPairing.FindUncounted(known.Values.Select(ToRun));

        // A run at the edge of what was read may have its partner beyond it: only those well inside are judged anew.
        foreach (var entity in known.Values.Where(run => run.StartedAt >= from + (PairingWindow / 2) && run.StartedAt <= to - (PairingWindow / 2)))
        {
            entity.IsCounted = !uncounted.Contains(entity.RunId);
        }
    }

    private static void Copy(SyncRun run, SyncRunEntity entity)
    {
        entity.Source = run.Source;
        entity.Trigger = run.Trigger;
        entity.StartedAt = run.StartedAt.UtcDateTime;
        entity.EndedAt = run.EndedAt?.UtcDateTime;
        entity.Result = run.Result;
        entity.ErrorCode = run.ErrorCode;
        entity.ErrorText = run.ErrorText;
        entity.UpdatesChanged = run.UpdatesChanged;
    }
}
