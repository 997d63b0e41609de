using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>The timeline of one server.</summary>
internal sealed class TimelineQueries(IDbContextFactory<DashboardContext> contexts, IDbContextFactory<SecurityContext> audit, DashboardOptions options, TimeProvider timeProvider, Caller caller)
{
    /// <summary>Most entries of each list.</summary>
    public const int MaximumEntries = 5_000;

    public const int DefaultPoints = 600;

    public const int MaximumPoints = 3_000;

    /// <summary>Everything that is kept of a server from one moment on, before another.</summary>
    /// <param name="serverId">The server.</param>
    /// <param name="from">UTC.</param>
    /// <param name="to">UTC, exclusive.</param>
    /// <param name="points">Most points of the samples, 1 to 3,000.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>NotFound where there is no such server, or the caller may not see it.</returns>
    public async Task<Outcome<Timeline>> GetAsync(int serverId, DateTimeOffset from, DateTimeOffset to, int points, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var server = await FindAsync(context, caller, serverId, cancellationToken);
        if (server is null)
        {
            return new NotFound($"There is no server {serverId}.");
        }

        var (first, end) = (from.UtcDateTime, to.UtcDateTime);
        var repairs = await ReadRepairsAsync(context, serverId, first, end, cancellationToken);
        IReadOnlyList<PersonAction> actions = [.. (await PersonActionReader.ReadAsync(audit, [serverId], first, end, MaximumEntries, cancellationToken)).Select(entry => entry.Action)];
        var syncs = (await ReadSyncsAsync(context, serverId, first, end, cancellationToken)).ConvertAll(sync => sync with { StoppedBy = StopperOf(sync, actions) });
        var changes = await ReadChangesAsync(context, serverId, first, end, repairs, actions, cancellationToken);
        var events = await ReadEventsAsync(context, serverId, first, end, cancellationToken);
        var samples = new SampleReader(context, options, timeProvider.GetUtcNow());
        var wanted = Math.Clamp(points, 1, MaximumPoints);
        var grain = samples.GrainFor(from, to, wanted);
        return new Timeline
        {
            ServerId = serverId,
            ServerName = server.Name,
            Site = server.Site,
            From = from,
            To = to,
            Syncs = syncs,
            Changes = changes,
            Events = events,
            Repairs = repairs,
            Actions = actions,
            Samples = await samples.ReadAsync(serverId, grain, from, to, wanted, cancellationToken),
            Grain = grain,
            PatchTuesdays = PatchTuesday.Between(from, to),
            IsTruncated = syncs.Count == MaximumEntries || changes.Count == MaximumEntries || events.Count == MaximumEntries,
        };
    }

    /// <summary>One synchronization of a server; null where there is none, or the caller may not see the server.</summary>
    public async Task<TimelineSync?> FindSyncAsync(int serverId, string runId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, caller, serverId, cancellationToken) is null)
        {
            return null;
        }

        var run = await context.SyncRuns.AsNoTracking().FirstOrDefaultAsync(run => run.ServerId == serverId && run.RunId == runId, cancellationToken);
        return run is null ? null : new(run.RunId, run.Source, run.StartedAt.ToOffset(), run.EndedAt.ToOffset(), run.Result, run.CauseId, run.CauseTitle, run.IsCounted) { RepairId = run.RepairId, RepairTrace = run.RepairTrace };
    }

    /// <summary>The server, where the caller may see it.</summary>
    internal static async Task<ServerEntity?> FindAsync(DashboardContext context, Caller caller, int serverId, CancellationToken cancellationToken) =>
        await context.Servers.AsNoTracking().Within(caller.ScopeOf(Permission.View)).FirstOrDefaultAsync(server => server.Id == serverId, cancellationToken);

    private static string? StopperOf(TimelineSync sync, IReadOnlyList<PersonAction> actions) => sync is { Result: SyncResult.Cancelled or SyncResult.Failed, EndedAt: { } endedAt }
        ? actions.FirstOrDefault(action => action.What == PersonAction.StopSync && action.At >= sync.StartedAt && action.At <= endedAt.AddMinutes(2))?.Who
        : null;

    private static async Task<List<TimelineSync>> ReadSyncsAsync(DashboardContext context, int serverId, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        var rows = await context.SyncRuns.AsNoTracking()
            .Where(run => run.ServerId == serverId && run.StartedAt >= from && run.StartedAt < to)
            .OrderByDescending(run => run.StartedAt)
            .Take(MaximumEntries)
            .Select(run => new { run.RunId, run.Source, run.StartedAt, run.EndedAt, run.Result, run.CauseId, run.CauseTitle, run.IsCounted, run.RepairId, run.RepairTrace })
            .ToListAsync(cancellationToken);
        rows.Reverse();
        return rows.ConvertAll(run => new TimelineSync(run.RunId, run.Source, run.StartedAt.ToOffset(), run.EndedAt.ToOffset(), run.Result, run.CauseId, run.CauseTitle, run.IsCounted) { RepairId = run.RepairId, RepairTrace = run.RepairTrace });
    }

    private static async Task<List<TimelineChange>> ReadChangesAsync(DashboardContext context, int serverId, DateTime from, DateTime to, List<TimelineRepair> repairs, IReadOnlyList<PersonAction> actions, CancellationToken cancellationToken)
    {
        var rows = await context.StateChanges.AsNoTracking()
            .Where(change => change.ServerId == serverId && change.At >= from && change.At < to)
            .OrderByDescending(change => change.At)
            .ThenByDescending(change => change.Id)
            .Take(MaximumEntries)
            .ToListAsync(cancellationToken);
        rows.Reverse();
        return rows.ConvertAll(change =>
        {
            var (kind, subject) = ChangeSubjects.Split(change.Subject);
            return new TimelineChange(change.At.ToOffset(), kind, subject, change.From, change.To, change.Detail, ChangeSubjects.FindActor(kind, subject, change.At.ToOffset(), repairs, actions));
        });
    }

    private static async Task<List<TimelineEvent>> ReadEventsAsync(DashboardContext context, int serverId, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        var rows = await context.ServerEvents.AsNoTracking()
            .Where(item => item.ServerId == serverId && item.At >= from && item.At < to)
            .OrderByDescending(item => item.At)
            .ThenByDescending(item => item.Id)
            .Take(MaximumEntries)
            .ToListAsync(cancellationToken);
        rows.Reverse();
        return rows.ConvertAll(item => new TimelineEvent(item.At.ToOffset(), ServerEventKinds.Of(item.Provider, item.EventId), item.Provider, item.EventId, item.Level, item.Message));
    }

    private static async Task<List<TimelineRepair>> ReadRepairsAsync(DashboardContext context, int serverId, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        var rows = await context.Repairs.AsNoTracking()
            .Where(run => run.ServerId == serverId && run.StartedAt < to && (run.EndedAt == null || run.EndedAt >= from))
            .OrderByDescending(run => run.StartedAt)
            .Take(MaximumEntries)
            .Select(run => new { run.RepairId, run.Playbook, run.RequestedBy, run.Reason, run.StartedAt, run.EndedAt, run.State, run.Sentence, run.UndoOf })
            .ToListAsync(cancellationToken);
        rows.Reverse();
        return rows.ConvertAll(run => new TimelineRepair(run.RepairId, run.Playbook, run.RequestedBy, run.Reason, run.StartedAt.ToOffset(), run.EndedAt.ToOffset(), run.State, run.Sentence, run.UndoOf));
    }
}
