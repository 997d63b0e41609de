using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Causes;

/// <summary>Puts together all that is stored about one synchronization, and ranks its causes.</summary>
internal sealed class SyncRunExplanationService(IDbContextFactory<DashboardContext> contexts, IDbContextFactory<SecurityContext> audit, VisibleServers live, Caller caller, DashboardOptions options, TimeProvider timeProvider)
{
    private const int MostRuns = 60;
    private const int MostEvents = 100;
    private const int MostChanges = 100;

    private static readonly TimeSpan HistoryReach = TimeSpan.FromDays(30);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan BeforeStart = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AfterEnd = TimeSpan.FromMinutes(30);

    /// <summary>The present snapshot says something about a run that ended so long ago, and no more.</summary>
    private static readonly TimeSpan SnapshotReach = TimeSpan.FromMinutes(15);

    /// <summary>Null where there is no such server or run, or the caller may not see it.</summary>
    public async Task<SyncRunExplanation?> GetAsync(int serverId, string runId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var server = await context.Servers.AsNoTracking().Within(caller.ScopeOf(Permission.View)).FirstOrDefaultAsync(entity => entity.Id == serverId, cancellationToken);
        var entity = server is null ? null : await context.SyncRuns.AsNoTracking().FirstOrDefaultAsync(run => run.ServerId == serverId && run.RunId == runId, cancellationToken);
        if (server is null || entity is null)
        {
            return null;
        }

        var run = SyncRunStore.ToRun(entity);
        var row = SyncRow.Of(entity, server.Name, server.Site);
        if (run.Result is not (SyncResult.Failed or SyncResult.Cancelled or SyncResult.Unknown) || !RepairPeriods.Counts(row.RepairTrace, run.Result))
        {
            // What a repair did to a synchronization has no cause on the server.
            return new SyncRunExplanation { Row = row };
        }

        var (start, end) = (entity.StartedAt, entity.EndedAt ?? entity.StartedAt);
        var history = await ReadHistoryAsync(context, serverId, start, cancellationToken);
        var partner = SyncPairing.FindPartner(run, history);
        var evidence = await StoredMessages.ReadEvidenceAsync(context, serverId, run.Id, partner?.Id, cancellationToken);
        var events = await ReadEventsAsync(context, serverId, start - Day, end + AfterEnd, cancellationToken);
        var changes = await ReadChangesAsync(context, serverId, start - Day, end + AfterEnd, cancellationToken);
        var actions = await ReadActionsAsync(context, serverId, start, end, cancellationToken);
        var observation = Observe(server, run, history, evidence, changes) with { Actions = actions };
        var file = SyncRunContext.Of(observation, SnapshotNear(serverId, end), run, partner);

        return new SyncRunExplanation
        {
            Row = row,
            OtherView = partner,
            Causes = await WithSettingsAsync(context, serverId, end, Order(serverId, row, partner, CauseEngine.Rank(file with { Events = [.. file.Events, .. events] })), cancellationToken),
            Decoded = [.. ErrorNumbers.FindAll($"{run.ErrorText} {partner?.ErrorText}").Select(found => found.Known).OfType<KnownError>().Distinct()],
            HasEvidence = evidence.Count > 0,
            Lines = [.. file.Lines.DistinctBy(line => (line.Log, line.At, line.Text)).OrderBy(line => line.At ?? DateTimeOffset.MinValue)],
            GoodRunsRead = evidence.Count == 0 ? 0 : evidence.Max(item => item.GoodRunsRead),
            IsReasonHidden = new[] { run, partner }.OfType<SyncRun>().Any(view => view is { Source: SyncSource.Wsus, ErrorText: "", Result: SyncResult.Failed or SyncResult.Cancelled }),
            Logs = live.Find(serverId)?.Snapshot?.ConfigMgr.Status is SectionStatus.NotInstalled ? [] : LogNames.All,
            Fleet = observation.Fleet,
            Events = [.. events.Concat(file.Events).DistinctBy(item => (item.LogName, item.RecordId)).OrderByDescending(item => item.At).Take(MostEvents)],
            Actions = actions,
            Changes = [.. changes.Where(change => change.At >= run.StartedAt.AddHours(-1)).OrderByDescending(change => change.At)],
        };
    }

    /// <summary>The ids under which a run is known: its own, and that of the other source's view of it. The caller is not asked: ids tell nothing.</summary>
    public async Task<IReadOnlyList<string>> FindViewsAsync(int serverId, string runId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var entity = await context.SyncRuns.AsNoTracking().FirstOrDefaultAsync(run => run.ServerId == serverId && run.RunId == runId, cancellationToken);
        if (entity is null)
        {
            return [runId];
        }

        var (from, to) = (entity.StartedAt - Day, entity.StartedAt + Day);
        var around = await context.SyncRuns.AsNoTracking().Where(run => run.ServerId == serverId && run.StartedAt >= from && run.StartedAt <= to).OrderByDescending(run => run.StartedAt).Take(MostRuns).ToListAsync(cancellationToken);
        return SyncPairing.FindPartner(SyncRunStore.ToRun(entity), around.Select(SyncRunStore.ToRun)) is { } partner ? [runId, partner.Id] : [runId];
    }

    /// <summary>
    /// The same cause first as everywhere else: of the run that the server's state is explained by, what is named there; of an older one, what was named for
    /// it when it ended, as long as the evidence bears it.
    /// </summary>
    private IReadOnlyList<RankedCause> Order(int serverId, SyncRow row, SyncRun? partner, IReadOnlyList<RankedCause> ranked)
    {
        if (live.Find(serverId)?.Assessment is { ExplainedRunId: { } explained, Causes: { Count: > 0 } causes } && (explained == row.Run.Id || explained == partner?.Id))
        {
            return [.. causes, .. ranked.Where(cause => causes.All(known => known.Id != cause.Id) && cause.Id != FindingIds.UnknownCause)];
        }

        var named = ranked.FirstOrDefault(cause => cause.Id == row.CauseId && cause.Confidence is not CauseConfidence.Possible);
        return named is null ? ranked : [named, .. ranked.Where(cause => cause != named)];
    }

    /// <summary>Adds since when the settings are others that a cause rests on: nobody has to set again what is set.</summary>
    private static async Task<IReadOnlyList<RankedCause>> WithSettingsAsync(DashboardContext context, int serverId, DateTime end, IReadOnlyList<RankedCause> causes, CancellationToken cancellationToken)
    {
        if (causes.All(cause => OlderSettings.SettingsOf(cause.Id).Count == 0))
        {
            return causes;
        }

        var changes = await context.StateChanges.AsNoTracking()
            .Where(change => change.ServerId == serverId && change.At > end && change.Subject.StartsWith(ChangeSubjects.SettingPrefix))
            .OrderByDescending(change => change.At)
            .Take(MostChanges)
            .Select(change => new { change.At, change.Subject })
            .ToListAsync(cancellationToken);
        return
        [
            .. causes.Select(cause => cause with
            {
                SettingsChangedAt = changes.Find(change => OlderSettings.SettingsOf(cause.Id).Any(key => change.Subject.EndsWith("/" + key, StringComparison.Ordinal)))?.At.ToOffset(),
            }),
        ];
    }

    private async Task<IReadOnlyList<PersonAction>> ReadActionsAsync(DashboardContext context, int serverId, DateTime start, DateTime end, CancellationToken cancellationToken)
    {
        var (from, to) = (start - BeforeStart, end + AfterEnd);
        var verbs = await PersonActionReader.ReadAsync(audit, [serverId], from, to, TimelineQueries.MaximumEntries, cancellationToken);
        var repairs = await context.Repairs.AsNoTracking()
            .Where(repair => repair.ServerId == serverId && repair.StartedAt >= from && repair.StartedAt < to)
            .OrderByDescending(repair => repair.StartedAt)
            .Take(MostChanges)
            .Select(repair => new { repair.StartedAt, repair.RequestedBy, repair.Playbook, repair.Reason })
            .ToListAsync(cancellationToken);
        return
        [
            .. verbs.Select(entry => entry.Action)
                .Concat(repairs.Select(repair => new PersonAction(repair.StartedAt.ToOffset(), repair.RequestedBy, PersonAction.Repair, RepairLabels.Playbook(repair.Playbook), repair.Reason)))
                .OrderBy(action => action.At),
        ];
    }

    private Observation Observe(ServerEntity server, SyncRun run, IReadOnlyList<SyncRun> history, IReadOnlyList<RunEvidence> evidence, IReadOnlyList<RecentChange> changes)
    {
        var own = live.Find(server.Id);
        var surroundings = own is null ? Surroundings.None : Surroundings.Of(run, own, live.GetAll(), live.GetOutages(), timeProvider.GetUtcNow());

        return new Observation
        {
            Now = timeProvider.GetUtcNow(),
            ServerName = server.Name,
            Baseline = ServerIdentity.Of(server, options).Baseline,
            RecentSyncs = history,
            Evidence = evidence,
            Changes = changes,
            Upstream = surroundings.Upstream,
            UpdatePoint = surroundings.UpdatePoint,
            Fleet = surroundings.Fleet,
        };
    }

    private Snapshot? SnapshotNear(int serverId, DateTime end) => timeProvider.GetUtcNow().UtcDateTime - end <= SnapshotReach ? live.Find(serverId)?.Snapshot : null;

    private static async Task<IReadOnlyList<SyncRun>> ReadHistoryAsync(DashboardContext context, int serverId, DateTime start, CancellationToken cancellationToken)
    {
        var (from, to) = (start - HistoryReach, start + Day);
        var rows = await context.SyncRuns.AsNoTracking().Where(run => run.ServerId == serverId && run.StartedAt >= from && run.StartedAt <= to)
            .OrderByDescending(run => run.StartedAt).Take(MostRuns).ToListAsync(cancellationToken);

        return [.. rows.Select(SyncRunStore.ToRun)];
    }

    private static async Task<IReadOnlyList<WindowsEvent>> ReadEventsAsync(DashboardContext context, int serverId, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        var rows = await context.ServerEvents.AsNoTracking().Where(row => row.ServerId == serverId && row.At >= from && row.At <= to)
            .OrderByDescending(row => row.At).Take(MostEvents).ToListAsync(cancellationToken);

        return
        [
            .. rows.Select(row => new WindowsEvent
            {
                RecordId = row.RecordId, LogName = row.LogName, Provider = row.Provider, EventId = row.EventId, Level = row.Level, At = row.At.ToOffset(), Message = row.Message,
            }),
        ];
    }

    private static async Task<IReadOnlyList<RecentChange>> ReadChangesAsync(DashboardContext context, int serverId, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        var rows = await context.StateChanges.AsNoTracking().Where(row => row.ServerId == serverId && row.At >= from && row.At <= to && row.Subject != StateChangeEntity.HealthSubject)
            .OrderByDescending(row => row.At).Take(MostChanges).ToListAsync(cancellationToken);

        return [.. rows.Select(row => new RecentChange(row.At.ToOffset(), new StateChange(row.Subject, row.From, row.To, row.Detail)))];
    }
}
