using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps.Sync;

/// <summary>
/// Waits for the synchronization that this run started, in WSUS and, where it was asked, in Configuration Manager; then compares the
/// counts. It changes nothing, so an interrupted wait simply goes on, and a person may end it at any time.
/// </summary>
internal sealed class VerifySyncStep(SyncFollower watch, AgentOptions options, TimeProvider timeProvider) : IStepAction
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.VerifySync];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var askedWsusAt = StepContext.ParseTime(context.NoteOf(StepKind.StartSync, SyncNoteKeys.AskedAt));
        var askedAt = askedWsusAt ?? StepContext.ParseTime(context.NoteOf(StepKind.StartSync, SyncNoteKeys.ConfigMgrAskedAt))
            ?? throw new StepFailedException($"{watch.Readings.ComputerName}: the journal doesn't say when a sync was requested.");
        var evidence = new SyncEvidence
        {
            ComputerName = watch.Readings.ComputerName,
            AskedAt = askedAt,
            PoolName = context.Run.PoolName,
            WsusBefore = StepContext.ParseNumber(context.NoteOf(StepKind.StartSync, SyncNoteKeys.WsusBefore)),
            ConfigMgrBefore = StepContext.ParseNumber(context.NoteOf(StepKind.StartSync, SyncNoteKeys.ConfigMgrBefore)),
            ConfigMgrRefusal = context.NoteOf(StepKind.StartSync, SyncNoteKeys.ConfigMgrRefusal),
            HasChangedSettings = context.Run.CanUndo,
        };

        if (askedWsusAt is not null)
        {
            evidence = await WaitForWsusAsync(context, evidence, cancellationToken);
        }

        var isConfigMgrWanted = context.NoteOf(StepKind.StartSync, SyncNoteKeys.ConfigMgrAccepted) is not null && !HasNamedFailure(evidence.WsusRun);
        if (isConfigMgrWanted && evidence.GivenUp is null && !context.IsCancelRequested)
        {
            evidence = await WaitForConfigMgrAsync(context, evidence, cancellationToken);
        }

        var hasEnded = (askedWsusAt is null || evidence.WsusRun is not null) && (!isConfigMgrWanted || evidence.ConfigMgrRun is not (null or { Result: SyncResult.Running }));
        return context.IsCancelRequested && evidence.GivenUp is null && !hasEnded
            ? new StepOutcome { State = StepState.NotRun, Message = "Someone asked to stop. The sync continues, but it wasn't verified." }
            : Conclude(await CompleteAsync(evidence, cancellationToken));
    }

    private async Task<SyncEvidence> WaitForWsusAsync(StepContext context, SyncEvidence evidence, CancellationToken cancellationToken)
    {
        var trouble = new SustainedCondition(timeProvider, Patience);
        var deadline = LeftOf(context);
        var known = StepContext.ParseIds(context.NoteOf(StepKind.StartSync, SyncNoteKeys.WsusKnownRuns));
        while (true)
        {
            var snapshot = await watch.Readings.FollowAsync(options.BusyInterval, cancellationToken, SectionNames.Wsus, SectionNames.Services);
            var isWorking = snapshot.Wsus is { Status: SectionStatus.Ok, Value.IsSynchronizing: true };
            if (!isWorking && snapshot.Wsus.Status == SectionStatus.Ok
                && await watch.FindWsusRunAsync(evidence.AskedAt, known, cancellationToken) is { Result: not SyncResult.Running } run)
            {
                return evidence with { WsusRun = run };
            }

            context.Report(Progress(snapshot, deadline));
            var problem = trouble.Look(await ProblemOfWsusAsync(snapshot, isWorking, cancellationToken));
            problem ??= deadline.IsOver
                ? $"the sync didn't end within {Wording.Duration(options.SyncTimeLimit)}; it was left running"
                : null;
            if (problem is not null || context.IsCancelRequested)
            {
                return evidence with { GivenUp = problem };
            }

            await Task.Delay(options.BusyInterval, timeProvider, cancellationToken);
        }
    }

    // What will not mend itself ends the wait after two minutes, instead of after hours.
    private async Task<string?> ProblemOfWsusAsync(Snapshot snapshot, bool isWorking, CancellationToken cancellationToken)
    {
        if (isWorking && snapshot.Wsus.Value!.SubscriptionState == SubscriptionState.Working)
        {
            return null;
        }

        if (snapshot.Services.Value?.Find(ServiceNames.WsusService) is { State: ServiceState.Stopped })
        {
            return $"the service {ServiceNames.WsusService} is stopped, and it runs the sync";
        }

        if (snapshot.Wsus.Status == SectionStatus.Unreadable)
        {
            var iis = (await watch.Readings.FollowAsync(options.BusyInterval, cancellationToken, SectionNames.Iis)).Iis.Value;
            return iis?.WsusPool is { State: PoolState.Stopped } pool ? $"{pool.Name} has stopped, so WSUS isn't answering" : null;
        }

        return isWorking ? null : "WSUS accepted the request, but no sync started";
    }

    private async Task<SyncEvidence> WaitForConfigMgrAsync(StepContext context, SyncEvidence evidence, CancellationToken cancellationToken)
    {
        var askedAt = StepContext.ParseTime(context.NoteOf(StepKind.StartSync, SyncNoteKeys.ConfigMgrAskedAt)) ?? evidence.AskedAt;
        var hasFailed = evidence.WsusRun is { Result: not SyncResult.Succeeded };
        var (deadline, patience) = (LeftOf(context), Deadline.After(Patience, timeProvider));
        var known = StepContext.ParseIds(context.NoteOf(StepKind.StartSync, SyncNoteKeys.ConfigMgrKnownRuns));
        var trouble = new SustainedCondition(timeProvider, Patience);
        while (true)
        {
            var run = await watch.FindConfigMgrRunAsync(askedAt, known, cancellationToken);
            var isOver = run is { Result: not (SyncResult.Running or SyncResult.Unknown) };

            // After a failure of WSUS only the reason is wanted, which Configuration Manager's log may still give.
            if (isOver || (hasFailed && patience.IsOver))
            {
                return evidence with { ConfigMgrRun = run };
            }

            var snapshot = await watch.Readings.FollowAsync(options.BusyInterval, cancellationToken, SectionNames.Services);
            context.Report(snapshot.ConfigMgr.Value?.Progress is { } progress
                ? $"WSUS has finished; Configuration Manager: {SyncProgressText.Of(progress)}, {Elapsed(deadline)}."
                : $"WSUS has finished; waiting for Configuration Manager, {Elapsed(deadline)}.");
            var problem = trouble.Look(snapshot.Services.Value?.Find(ServiceNames.SmsExecutive) is { State: not (ServiceState.Running or ServiceState.StartPending or ServiceState.NotInstalled) } executive
                ? $"{ServiceNames.SmsExecutive} is {executive.State}, so Configuration Manager can't pick up the updates"
                : null);
            problem ??= deadline.IsOver
                ? $"WSUS has finished, but Configuration Manager didn't finish within {Wording.Duration(options.SyncTimeLimit)}"
                : null;
            if (problem is not null || context.IsCancelRequested)
            {
                return evidence with { ConfigMgrRun = run, GivenUp = problem };
            }

            await Task.Delay(options.BusyInterval, timeProvider, cancellationToken);
        }
    }

    /// <summary>What is left of the sync's time, also for an agent that was ended meanwhile.</summary>
    private Deadline LeftOf(StepContext context)
    {
        var gone = context.SinceMomentOf(StepKind.StartSync, SyncNoteKeys.AskedMoment);
        return Deadline.After(options.SyncTimeLimit - TimeSpan.FromTicks(Math.Clamp(gone.Ticks, 0, options.SyncTimeLimit.Ticks)), timeProvider);
    }

    private async Task<SyncEvidence> CompleteAsync(SyncEvidence evidence, CancellationToken cancellationToken)
    {
        var snapshot = await watch.Readings.RefreshAsync(cancellationToken, SectionNames.ConfigMgr, SectionNames.Events, SectionNames.Iis);
        var counts = await watch.ReadCountsAsync(cancellationToken);
        return evidence with
        {
            WsusAfter = counts?.Updates,
            ConfigMgrAfter = snapshot.ConfigMgr is { Status: SectionStatus.Ok, Value: { } configMgr } ? configMgr.SoftwareUpdateCount : null,
            PoolState = snapshot.Iis.Value?.WsusPool?.State ?? PoolState.Unknown,
            MemoryRecycles = snapshot.Events is { Status: SectionStatus.Ok, Value: { } events }
                ? events.Recent.Count(recent => recent.EventId == WindowsEvents.PrivateMemoryRecycle && recent.At >= evidence.AskedAt)
                : null,
        };
    }

    private static StepOutcome Conclude(SyncEvidence evidence)
    {
        var verification = SyncVerdict.Of(evidence);
        return new StepOutcome
        {
            State = verification.Succeeded ? StepState.Done : StepState.Failed,
            Message = verification.Sentence,
            Verification = verification,
            ReadBack =
            [
                .. evidence.WsusRun is { } wsus ? [$"WSUS: {wsus.Result}, {Wording.Time(wsus.StartedAt)} to {(wsus.EndedAt is { } end ? Wording.Time(end) : "—")}"] : Array.Empty<string>(),
                .. evidence.ConfigMgrRun is { } configMgr ? [$"Configuration Manager: {configMgr.Result}"] : Array.Empty<string>(),
                $"updates in WSUS: {Known(evidence.WsusBefore)} → {Known(evidence.WsusAfter)}",
                .. evidence.ConfigMgrAfter is not null ? [$"updates in Configuration Manager: {Known(evidence.ConfigMgrBefore)} → {Known(evidence.ConfigMgrAfter)}"] : Array.Empty<string>(),
            ],
        };
    }

    // Where WSUS itself names the reason, Configuration Manager has nothing to add.
    private static bool HasNamedFailure(SyncRun? run) => run is not null && SyncFailure.Classify(run) != SyncFailureKind.Unnamed;

    private static string Known(long? number) => number is { } known ? Wording.Number(known) : "unknown";

    private string Progress(Snapshot snapshot, Deadline deadline) => snapshot.Wsus switch
    {
        { Status: SectionStatus.Ok, Value: { IsSynchronizing: true } state } => $"WSUS is syncing: {SyncProgressText.Of(state)}, {Elapsed(deadline)}.",
        { Status: SectionStatus.Ok } => $"Waiting for WSUS to start, {Elapsed(deadline)}.",
        var unreadable => $"WSUS isn't answering ({unreadable.Error ?? "no reason given"}); waiting, {Elapsed(deadline)}.",
    };

    private string Elapsed(Deadline deadline) => $"{Wording.Duration(options.SyncTimeLimit - deadline.Left)} so far";
}
