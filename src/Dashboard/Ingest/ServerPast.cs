using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What a dashboard that has just started knows of the last days of a server beside its synchronizations: without it a restart would change what is named as the cause.</summary>
internal sealed record ServerPast
{
    public static ServerPast None { get; } = new();

    /// <summary>Repairs that have ended.</summary>
    public IReadOnlyList<RepairPeriod> Repairs { get; init; } = [];

    /// <summary>Ids of the causes that were named for runs, by the id of the run.</summary>
    public IReadOnlyDictionary<string, string> RunCauses { get; init; } = new Dictionary<string, string>();

    /// <summary>What the agent found around the newest run, where that did not succeed.</summary>
    public IReadOnlyList<RunEvidence> Evidence { get; init; } = [];

    /// <summary>State changes of pools, services, settings and synchronizations, oldest first.</summary>
    public IReadOnlyList<RecentChange> Changes { get; init; } = [];

    /// <summary>What people did through this product, oldest first.</summary>
    public IReadOnlyList<PersonAction> Actions { get; init; } = [];
}

/// <summary>Reads the last days of servers. One context, used for all of them.</summary>
internal sealed class ServerPastReader(DashboardContext context, DateTime now)
{
    private static readonly TimeSpan Reach = TimeSpan.FromDays(7);
    private static readonly TimeSpan ActionReach = TimeSpan.FromDays(2);
    private const int MostActions = 2_000;
    private const int MostRepairs = 200;

    private IReadOnlyDictionary<int, List<RepairPeriod>> _repairs = new Dictionary<int, List<RepairPeriod>>();
    private ILookup<int, PersonAction> _actions = Array.Empty<(int, PersonAction)>().ToLookup(entry => entry.Item1, entry => entry.Item2);

    /// <summary>Reads what is asked for these servers at once.</summary>
    public async Task PrepareAsync(IDbContextFactory<SecurityContext> audit, IReadOnlyList<int> serverIds, CancellationToken cancellationToken)
    {
        var from = now - Reach;
        var repairs = context.Repairs.AsNoTracking()
            .Where(run => run.StartedAt >= from && serverIds.Contains(run.ServerId) && run.State != RepairState.Running && run.State != RepairState.WaitingForApproval)
            .OrderByDescending(run => run.StartedAt)
            .Select(run => new { run.ServerId, run.Run })
            .AsAsyncEnumerable();

        // One at a time, and so many of a server: all runs of a week are more text than a dashboard has memory where an agent makes them up.
        var periods = new Dictionary<int, List<RepairPeriod>>();
        await foreach (var run in repairs.WithCancellation(cancellationToken))
        {
            if (!periods.TryGetValue(run.ServerId, out var own))
            {
                periods.Add(run.ServerId, own = []);
            }

            if (own.Count < MostRepairs && StoredMessages.ReadPeriod(run.Run) is { } period)
            {
                own.Add(period);
            }
        }

        _repairs = periods;

        var since = now - ActionReach;
        _actions = (await PersonActionReader.ReadAsync(audit, serverIds, since, now + ActionReach, MostActions, cancellationToken)).ToLookup(entry => entry.ServerId, entry => entry.Action);
    }

    /// <param name="serverId">The server.</param>
    /// <param name="syncs">Its newest synchronizations, newest first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<ServerPast> ReadAsync(int serverId, IReadOnlyList<SyncRunEntity> syncs, CancellationToken cancellationToken)
    {
        var from = now - Reach;
        var changes = await context.StateChanges.AsNoTracking()
            .Where(change => change.ServerId == serverId && change.At >= from
                && (change.Subject.StartsWith("pool:") || change.Subject.StartsWith("service:") || change.Subject.StartsWith("setting:") || change.Subject.StartsWith("sync:")))
            .OrderByDescending(change => change.At)
            .Take(RecentEvidence.MostChanges)
            .ToListAsync(cancellationToken);
        changes.Reverse();
        return new ServerPast
        {
            Repairs = _repairs.GetValueOrDefault(serverId) ?? [],
            Actions = [.. _actions[serverId]],
            RunCauses = syncs.Where(run => run.CauseId is not null).ToDictionary(run => run.RunId, run => run.CauseId!),
            Changes = [.. changes.Select(change => new RecentChange(change.At.ToOffset(), new StateChange(change.Subject, change.From, change.To, change.Detail)))],
            Evidence = await ReadEvidenceAsync(serverId, syncs, cancellationToken),
        };
    }

    private async Task<IReadOnlyList<RunEvidence>> ReadEvidenceAsync(int serverId, IReadOnlyList<SyncRunEntity> syncs, CancellationToken cancellationToken)
    {
        if (syncs.FirstOrDefault(run => run.IsCounted && run.Result is not SyncResult.Running) is not { Result: not SyncResult.Succeeded } newest)
        {
            return [];
        }

        var partner = SyncPairing.FindPartner(SyncRunStore.ToRun(newest), syncs.Select(SyncRunStore.ToRun))?.Id;
        return await StoredMessages.ReadEvidenceAsync(context, serverId, newest.RunId, partner, cancellationToken);
    }
}
