using System.Globalization;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Features.BatchRepairs;

/// <summary>
/// Does at one server what its batches have to do there: asks for the plan, starts the repair, sees how it ended. What that is stands in the rows alone, so it
/// may be run twice, or by the dashboard that comes after one that was killed: a start is sent again with the key that its row holds, and the agent answers
/// with the repair that it began. Each server is asked in the name of the batch's owner: whoever loses the role meanwhile starts nothing more.
/// </summary>
internal sealed class BatchRepairJob(IServiceScopeFactory scopes, BatchRepairStore store, RepairExclusion exclusion, JobQueue queue, HistoryWriter history, FleetStartup fleet, AccessCache access, DashboardOptions options)
    : IQueuedJob, IHostedService
{
    /// <summary>Looks, one a minute: longer than any repair may take (six hours); then its place is given to the next.</summary>
    internal const int LongestRun = 360;

    /// <summary>Looks, one a minute: an agent that has not told its plan by then is left out.</summary>
    internal const int LongestPlan = 10;

    public string Name => "batch-repairs";

    /// <summary>Each start that no answer came to is sent again, and each end that nobody told is looked for.</summary>
    public string Schedule => "* * * * *";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        history.RunsEnded += Queue;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        history.RunsEnded -= Queue;
        return Task.CompletedTask;
    }

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        // Counted in the rows: what is measured here would begin anew with each start, and a clock that was set must not end what goes on.
        await store.CountLookAsync(cancellationToken);
        Queue(await store.FindOpenServersAsync(cancellationToken));
        return "";
    }

    public void Queue(IEnumerable<int> serverIds)
    {
        foreach (var id in serverIds)
        {
            queue.Add(this, id.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <param name="subject">Id of the server.</param>
    /// <param name="cancellationToken">The dashboard stops.</param>
    public async Task RunAsync(string subject, CancellationToken cancellationToken)
    {
        // Before that nobody may do anything, and there is no server.
        await Task.WhenAll(fleet.WhenLoaded, access.WhenLoaded).WaitAsync(cancellationToken);
        foreach (var repair in await store.FindOpenAsync(int.Parse(subject, CultureInfo.InvariantCulture), cancellationToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<Caller>().Become(repair.Owner);
            var repairs = scope.ServiceProvider.GetRequiredService<RepairService>();
            await (repair switch
            {
                { State: BatchServerState.Planning } => PlanAsync(repairs, repair, cancellationToken),
                { RepairId: { } repairId } => FollowAsync(repairs, repair, repairId, cancellationToken),
                _ => StartAsync(repairs, repair, cancellationToken),
            });
        }
    }

    private void Queue(IReadOnlyList<EndedRun> ended) => Queue(ended.Select(run => run.ServerId));

    private async Task PlanAsync(RepairService repairs, OpenRepair repair, CancellationToken cancellationToken)
    {
        var plan = repair.Looks > LongestPlan ? new TimedOut("The agent didn't send its plan in time.") : await repairs.PlanAsync(repair.ServerId, repair.Playbook, repair.Baseline, includeRisky: false, cancellationToken);
        var canStart = plan.Value is { Refusal.Length: 0 };
        await store.TryChangeAsync(repair, BatchServerState.Planning, canStart ? BatchServerState.Planned : BatchServerState.LeftOut, plan.Failure?.Message ?? plan.Value!.Refusal, plan.Value, cancellationToken);
    }

    private async Task StartAsync(RepairService repairs, OpenRepair repair, CancellationToken cancellationToken)
    {
        // What runs and has no answer was sent before, by a job that was ended in the middle or got no answer.
        var isRepeated = repair.State == BatchServerState.Running;
        if (!isRepeated && !await TryClaimAsync(repairs, repair, cancellationToken))
        {
            return;
        }

        var started = await repairs.StartAsync(repair.ServerId, repair.Plan!, repair.Purpose, cancellationToken);
        if (started.IsSuccess)
        {
            await store.SetRepairIdAsync(repair, started.Value.Id, cancellationToken);
            await FollowAsync(repairs, repair, started.Value.Id, cancellationToken);
        }
        else if (started.Failure is Occupied or NotRecorded && !isRepeated)
        {
            // Nothing was sent: somebody began with the other one between the claim and the start, or the audit can't be written.
            await LeaveAsync(repair, BatchServerState.Waiting, started.Failure.Message, cancellationToken);
        }
        else if (isRepeated ? started.Failure is not (TimedOut or Unreachable or Occupied or NotRecorded) || repair.Looks > LongestRun : started.Failure is not TimedOut)
        {
            await LeaveAsync(repair, BatchServerState.Failed, started.Failure.Message, cancellationToken);
        }
    }

    private async Task<bool> TryClaimAsync(RepairService repairs, OpenRepair repair, CancellationToken cancellationToken)
    {
        if (await repairs.FindOccupiedAsync(repair.ServerId, cancellationToken) is { } occupied)
        {
            await store.ExplainAsync(repair, occupied.Message, cancellationToken);
            return false;
        }

        var ties = exclusion.FindTies(repair.ServerId);
        return await store.TryClaimAsync(repair, options.RepairsAtOnce, [.. ties.Select(tie => tie.ServerId)], [.. ties.Where(tie => tie.ComesFirst).Select(tie => tie.ServerId)], cancellationToken);
    }

    private async Task FollowAsync(RepairService repairs, OpenRepair repair, string repairId, CancellationToken cancellationToken)
    {
        var run = (await repairs.GetAsync(repairId, cancellationToken))?.Repair;
        if (run is { IsOpen: false })
        {
            await LeaveAsync(repair, StateOf(run.State), run.State is RepairState.Succeeded ? "" : run.Sentence is { Length: > 0 } sentence ? sentence : StateDisplay.Of(run.State).Word, cancellationToken);
        }
        else if (repair.Looks > LongestRun || !access.Find(repair.Owner).ScopeOf(Permission.View).Permits(repair.Site))
        {
            await LeaveAsync(repair, BatchServerState.Failed, "WsusDashboard no longer follows this repair. It continues on the server.", cancellationToken);
        }
    }

    private static BatchServerState StateOf(RepairState state) => state switch
    {
        RepairState.Succeeded => BatchServerState.Succeeded,
        RepairState.RolledBack => BatchServerState.RolledBack,
        RepairState.NotProven => BatchServerState.NotProven,
        _ => BatchServerState.Failed,
    };

    /// <summary>A place is free: each of the others that wait is asked, because the first ones may have to wait for a server outside the batch.</summary>
    private async Task LeaveAsync(OpenRepair repair, BatchServerState state, string message, CancellationToken cancellationToken)
    {
        await store.TryChangeAsync(repair, BatchServerState.Running, state, message, null, cancellationToken);
        Queue((await store.FindWaitingAsync(repair.BatchId, cancellationToken)).Where(waiting => waiting != repair.ServerId));
    }
}
