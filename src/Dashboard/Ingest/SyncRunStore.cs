using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Stores synchronizations of one server, and says which are counted: of two views of the same one only one, and none that a repair broke.</summary>
internal sealed class SyncRunStore(DashboardContext context, int serverId)
{
    /// <summary>Runs this close to a new one can be the other view of it.</summary>
    private static readonly TimeSpan PairingWindow = TimeSpan.FromDays(1);

    private Dictionary<string, SyncRunEntity> _known = [];
    private (DateTime From, DateTime To)? _window;

    public async Task StoreAsync(IReadOnlyList<SyncRun> runs, IReadOnlyList<CauseItem> causes, CancellationToken cancellationToken)
    {
        if (runs.Count > 0)
        {
            await StoreRunsAsync(runs, cancellationToken);
        }

        foreach (var cause in causes)
        {
            var entity = _known.GetValueOrDefault(cause.RunId)
                ?? await context.SyncRuns.FirstOrDefaultAsync(run => run.ServerId == serverId && run.RunId == cause.RunId, cancellationToken);
            if (entity is not null)
            {
                entity.CauseId = cause.CauseId;
                entity.CauseTitle = cause.CauseTitle;
            }
        }
    }

    /// <summary>Says which of the synchronizations around those that were just stored, and around repairs that were, are counted; and which repair started or broke one.</summary>
    /// <param name="repairs">That were just stored, or will be with the same transaction.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task JudgeAsync(IReadOnlyList<RepairEntity> repairs, CancellationToken cancellationToken)
    {
        if (FindWindow(repairs) is not (var from, var to))
        {
            return;
        }

        var known = await ReadRunsAsync(from, to, cancellationToken);
        var periods = await ReadRepairsAsync(repairs, from, to, cancellationToken);
        known.ForEach(run => Mark(run, periods.FindBehind(ToRun(run))));
        var uncounted = SyncPairing.FindUncounted(known.Where(run => RepairPeriods.Counts(run.RepairTrace, run.Result)).Select(ToRun));

        // A run at the edge of what was read may have its partner beyond it: only those well inside are judged anew.
        foreach (var entity in known.Where(run => run.StartedAt >= from + (PairingWindow / 2) && run.StartedAt <= to - (PairingWindow / 2)))
        {
            entity.IsCounted = RepairPeriods.Counts(entity.RepairTrace, entity.Result) && !uncounted.Contains(entity.RunId);
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
        _known = await context.SyncRuns
            .Where(run => run.ServerId == serverId && ((run.StartedAt >= from && run.StartedAt <= to) || ids.Contains(run.RunId)))
            .ToDictionaryAsync(run => run.RunId, cancellationToken);
        foreach (var run in runs)
        {
            if (!_known.TryGetValue(run.Id, out var entity))
            {
                entity = new() { ServerId = serverId, RunId = run.Id };
                _known.Add(run.Id, entity);
                context.SyncRuns.Add(entity);
            }

            Copy(run, entity);
        }

        _window = (from, to);
    }

    /// <summary>The time in which a synchronization, or a repair that was just stored, can say something about another one; null where nothing was stored.</summary>
    private (DateTime From, DateTime To)? FindWindow(IReadOnlyList<RepairEntity> repairs)
    {
        if (repairs.Count == 0)
        {
            return _window;
        }

        var (from, to) = (repairs.Min(run => run.StartedAt) - PairingWindow, repairs.Max(run => run.EndedAt ?? run.StartedAt) + PairingWindow);
        return _window is { } known ? (known.From < from ? known.From : from, known.To > to ? known.To : to) : (from, to);
    }

    /// <summary>Those that were just stored are here already; the database is asked only where more is wanted. What the context holds of all servers is never looked through: that would cost each server a look at all before it.</summary>
    private async Task<List<SyncRunEntity>> ReadRunsAsync(DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        var stored = _window == (from, to) ? [] : await context.SyncRuns.Where(run => run.ServerId == serverId && run.StartedAt >= from && run.StartedAt <= to).ToListAsync(cancellationToken);
        return [.. stored.Union(_known.Values.Where(run => run.StartedAt >= from && run.StartedAt <= to))];
    }

    private async Task<List<RepairPeriod>> ReadRepairsAsync(IReadOnlyList<RepairEntity> repairs, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        var (earliest, latest) = (from - PairingWindow, to + PairingWindow);
        var stored = await context.Repairs.Where(repair => repair.ServerId == serverId && repair.StartedAt >= earliest && repair.StartedAt <= latest).ToListAsync(cancellationToken);
        return [.. stored.Union(repairs).Select(repair => StoredMessages.ReadPeriod(repair.Run)).OfType<RepairPeriod>()];
    }

    private static void Mark(SyncRunEntity entity, (RepairPeriod Repair, RepairTrace Trace)? behind)
    {
        entity.RepairId = behind?.Repair.RepairId;
        entity.RepairTrace = behind?.Trace ?? RepairTrace.None;
        if (!RepairPeriods.Counts(entity.RepairTrace, entity.Result))
        {
            // What a repair did to it is no cause.
            (entity.CauseId, entity.CauseTitle) = (null, null);
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
