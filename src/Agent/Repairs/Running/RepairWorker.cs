using System.Diagnostics;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Repairs.Steps;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Telemetry;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Running;

/// <summary>
/// Carries repairs out, one after the other, step by step: intent to the journal, work, outcome to the journal. At the start of the agent it first
/// resumes the one that was not ended; when the agent ends, the step in work is left without an outcome: the journal then tells the truth.
/// </summary>
internal sealed partial class RepairWorker(
    IEnumerable<IStepAction> actions, RepairQueue queue, LocalPolicy policy, IServerAccess server, AgentOptions options, TimeProvider timeProvider, ILogger<RepairWorker> logger)
    : BackgroundService
{
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(30));

    private readonly Dictionary<StepKind, IStepAction> _actions =
        actions.SelectMany(action => action.Kinds.Select(kind => (kind, action))).ToDictionary(pair => pair.kind, pair => pair.action);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The journal is read off the host's starting thread: a locked file must not hold up the agent.
        await Task.Yield();
        try
        {
            await ResumeAsync(stoppingToken);
            await foreach (var work in queue.Accepted.ReadAllAsync(stoppingToken))
            {
                await CarryOutAsync(work, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The agent ends; the journal knows how far the repair came.
        }
    }

    private async Task ResumeAsync(CancellationToken stopping)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (await queue.ResumeAsync(stopping) is { } resumed)
                {
                    Log.Resumes(logger, resumed.Id, resumed.Playbook);
                }

                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                stopping.ThrowIfCancellationRequested();
                Log.NotReadable(logger, exception);
                queue.StayClosed();
            }

            await Task.Delay(Pauses.Next(attempt + 1), timeProvider, stopping);
        }
    }

    private async Task CarryOutAsync(QueuedRepair work, CancellationToken stopping)
    {
        using var span = Instrumentation.Spans.StartActivity("repair", ActivityKind.Internal, work.Origin);
        span?.SetTag("wsusdashboard.repair.id", work.Session.Run.Id).SetTag("wsusdashboard.playbook", work.Session.Run.Playbook);
        server.SetBusy(true);
        try
        {
            await RunAsync(work.Session, stopping);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !stopping.IsCancellationRequested)
        {
            // A bug must not end the agent, which goes on reading; the repair stays open in the journal and is resumed at the next start.
            Log.NotCarriedOut(logger, work.Session.Run.Id, exception);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The agent ends, and what the repair works with may have ended first; the journal knows how far the repair came.
        }
        finally
        {
            server.SetBusy(false);

            // When the agent ends, the lock stays shut: nothing may begin beside a repair that will be resumed.
            if (work.Session.Run.IsFinal)
            {
                queue.Leave(work);
            }
        }
    }

    private async Task RunAsync(RepairSession session, CancellationToken stopping)
    {
        while (Next(session.Run) is { } step)
        {
            if (session.Run.CancelRequested && step is { State: StepState.Waiting, IsRollback: false })
            {
                // Settings on trial are not left behind: nobody would look after them.
                var reason = $"Stopped on request before it was clear what answers clients get with the new settings of {session.Run.PoolName}.";
                if (await RollbackOfAsync(session, reason, stopping) is not { Count: > 0 } rollback)
                {
                    break;
                }

                await session.RollBackAsync(rollback, stopping);
                continue;
            }

            await RunStepAsync(session, step, stopping);
        }

        var run = session.Run;
        var state = StateOf(run);
        queue.PrepareToLeave();
        await session.FinishAsync(state, stopping);
        Log.RepairEnded(logger, run.Id, run.Playbook, state);
    }

    /// <summary>What comes next; null after a failure that nothing restores. Also on resuming: the agent may have ended between a failure and the end of the repair.</summary>
    private static RepairStep? Next(Repair run)
    {
        var failed = run.Steps.FirstOrDefault(step => step.State == StepState.Failed && step.IsRollback == run.IsRollingBack);
        return run.Steps.FirstOrDefault(step => step.State is StepState.Waiting or StepState.Running && (failed is null || IsDueAllTheSame(failed, step)));
    }

    /// <summary>A rollback leaves no pool stopped, whatever became of its settings.</summary>
    private static bool IsDueAllTheSame(RepairStep failed, RepairStep next) => failed is { Kind: StepKind.RestoreSettings, IsRollback: true } && next is { Kind: StepKind.RestartPool, IsRollback: true };

    private static RepairState StateOf(Repair run) => run switch
    {
        // What the last question of a rollback was answered is no matter of the settings: they are as they were.
        { IsRollingBack: true } => run.Steps.All(step => !step.IsRollback || step.Kind == StepKind.VerifyRollback || step.State is StepState.Done or StepState.Skipped) ? RepairState.RolledBack : RepairState.Failed,
        { Trial.Verdict: TrialVerdict.NotProven } when run.Steps.Any(step => step.State == StepState.Failed) => RepairState.NotProven,
        _ when run.Steps.Any(step => step.State == StepState.Failed) => RepairState.Failed,
        _ when run.Steps.All(step => step.State is StepState.Done or StepState.Skipped) => RepairState.Succeeded,
        _ => RepairState.Cancelled,
    };

    /// <summary>What restores the saved settings; empty where none are on trial, or the local policy lets no settings be changed any more.</summary>
    private async Task<IReadOnlyList<RepairStep>> RollbackOfAsync(RepairSession session, string reason, CancellationToken stopping)
    {
        if (session.Run is not { IsOnTrial: true, IsRollingBack: false } run || (policy.Read(run.PoolName) with { Hours = [] }).RefuseStep(StepKind.RestoreSettings, "", run.PoolName) is not null)
        {
            return [];
        }

        var saved = await session.ReadSavedAsync(stopping);
        return session.TryEndTrial(reason) ? SettingsRollback.Steps(run, saved) : [];
    }

    private async Task RunStepAsync(RepairSession session, RepairStep step, CancellationToken stopping)
    {
        using var span = Instrumentation.Spans.StartActivity("repair.step");
        span?.SetTag("wsusdashboard.step", $"{step.Kind}");
        Log.StepBegins(logger, session.Run.Id, step.Number, step.Title, step.Attempts + 1);
        await session.EnterAsync(step.Number, stopping);

        // The policy is asked again, because it may have been narrowed; its hours are not: a repair is not left half-way at six o'clock.
        var inForce = policy.Read(session.Run.PoolName) with { Hours = [] };
        var outcome = step.SkipReason.Length > 0 ? StepOutcome.Skip(step.SkipReason)
            : inForce.RefuseStep(step.Kind, step.Target, session.Run.PoolName) is { } refusal ? StepOutcome.Fail(refusal)
            : await ActAsync(session, step, stopping);
        if (outcome.State == StepState.Failed)
        {
            // A step that fails while the agent ends has often failed because of that, and has said nothing about the server: the next start looks for itself.
            stopping.ThrowIfCancellationRequested();
            span?.SetStatus(ActivityStatusCode.Error, outcome.Message);
            var rollback = await RollbackOfAsync(session, outcome.Message, stopping);
            outcome = outcome with { Message = $"{outcome.Message} {LeftAsIs(session.Run, step, rollback.Count > 0)}".TrimEnd(), Rollback = rollback };
            span?.SetStatus(ActivityStatusCode.Error, outcome.Message);
        }

        await session.LeaveAsync(step.Number, outcome, stopping);
        Log.StepEnded(logger, session.Run.Id, step.Number, step.Title, outcome.State, outcome.Message);
    }

    private async Task<StepOutcome> ActAsync(RepairSession session, RepairStep step, CancellationToken stopping)
    {
        var limit = StepTimes.Limit(step.Kind, options);
        using var timer = new CancellationTokenSource(limit, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stopping);
        var server = session.Run.ComputerName;
        try
        {
            return _actions.TryGetValue(step.Kind, out var action)
                ? await action.RunAsync(new StepContext(session, step.Number, isResumed: step.State == StepState.Running), linked.Token)
                : StepOutcome.Fail($"This agent doesn't know the step {step.Kind}.");
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return StepOutcome.Fail($"{server}: \"{step.Title}\" didn't finish within {Wording.Duration(limit)}. It was left as it is.");
        }
        catch (StepFailedException exception)
        {
            return exception.Outcome;
        }
        catch (EdgeException exception)
        {
            return StepOutcome.Fail($"{server}: {exception.Message}");
        }
        catch (StoreException exception)
        {
            return StepOutcome.Fail($"{server}: {exception.Message} So nothing was changed.");
        }
        catch (SqliteException exception)
        {
            return StepOutcome.Fail($"{server}: the agent's journal can't be written ({exception.Message}), so the step stopped.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !stopping.IsCancellationRequested)
        {
            Log.StepThrew(logger, session.Run.Id, step.Number, exception);
            return StepOutcome.Fail($"{server}: unexpected error: {exception.Message}");
        }
    }

    private static string LeftAsIs(Repair run, RepairStep failed, bool isRestored)
    {
        if (isRestored)
        {
            return $"The agent restores the saved settings of {run.PoolName}.";
        }

        var parts = new List<string>();
        if (run.Steps.Any(step => IsDueAllTheSame(failed, step)))
        {
            parts.Add($"{run.PoolName} is restarted anyway.");
        }
        else if (run.Steps.Any(step => step.Number > failed.Number))
        {
            parts.Add("Nothing else was done.");
        }

        if (run.CanUndo && failed.Kind is not (StepKind.ApplySettings or StepKind.VerifySync))
        {
            var what = run.Changes.Any(change => ServiceSettings.FindService(change.Setting) is not null) ? "startup types" : $"settings of {run.PoolName}";
            parts.Add($"The new {what} stay; Undo restores the old ones.");
        }

        return string.Join(" ", parts);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Repair {RepairId}, step {Number} ({Title}) starts, attempt {Attempt}.")]
        public static partial void StepBegins(ILogger logger, string repairId, int number, string title, int attempt);

        [LoggerMessage(2, LogLevel.Information, "Repair {RepairId}, step {Number} ({Title}): {State}. {Outcome}")]
        public static partial void StepEnded(ILogger logger, string repairId, int number, string title, StepState state, string outcome);

        [LoggerMessage(3, LogLevel.Error, "Repair {RepairId}, step {Number} failed unexpectedly.")]
        public static partial void StepThrew(ILogger logger, string repairId, int number, Exception exception);

        [LoggerMessage(4, LogLevel.Information, "Repair {RepairId} ({Playbook}) ended: {State}.")]
        public static partial void RepairEnded(ILogger logger, string repairId, string playbook, RepairState state);

        [LoggerMessage(5, LogLevel.Warning, "Repair {RepairId} ({Playbook}) was interrupted when the agent stopped; resuming it.")]
        public static partial void Resumes(ILogger logger, string repairId, string playbook);

        [LoggerMessage(6, LogLevel.Error, "The journal can't be read; repairs are refused until it can.")]
        public static partial void NotReadable(ILogger logger, Exception exception);

        [LoggerMessage(7, LogLevel.Critical, "Repair {RepairId} stopped unexpectedly; it resumes when the agent restarts.")]
        public static partial void NotCarriedOut(ILogger logger, string repairId, Exception exception);
    }
}
