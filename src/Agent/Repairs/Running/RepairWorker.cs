using System.Diagnostics;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Repairs.Steps;
using WsusDashboard.Agent.Security.Policy;
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
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A bug must not end the agent, which goes on reading; the repair stays open in the journal and is resumed at the next start.
            Log.NotCarriedOut(logger, work.Session.Run.Id, exception);
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
        while (session.Run.Steps.FirstOrDefault(step => step.State is StepState.Waiting or StepState.Running) is { } step)
        {
            // Also on resuming: the agent may have ended between a failure and the end of the repair.
            if (session.Run.Steps.Any(other => other.State == StepState.Failed)
                || (session.Run.CancelRequested && step.State == StepState.Waiting)
                || !await RunStepAsync(session, step, stopping))
            {
                break;
            }
        }

        var run = session.Run;
        var state = run switch
        {
            _ when run.Steps.Any(step => step.State == StepState.Failed) => RunState.Failed,
            _ when run.Steps.All(step => step.State is StepState.Done or StepState.Skipped) => RunState.Succeeded,
            _ => RunState.Cancelled,
        };
        await session.FinishAsync(state, stopping);
        Log.RepairEnded(logger, run.Id, run.Playbook, state);
    }

    /// <returns>True where the next step may follow.</returns>
    private async Task<bool> RunStepAsync(RepairSession session, RunStep step, CancellationToken stopping)
    {
        using var span = Instrumentation.Spans.StartActivity("repair.step");
        span?.SetTag("wsusdashboard.step", $"{step.Kind}");
        Log.StepBegins(logger, session.Run.Id, step.Number, step.Title, step.Attempts + 1);
        await session.EnterAsync(step.Number, stopping);

        // The policy is asked again, because it may have been narrowed; its hours are not: a repair is not left half-way at six o'clock.
        var inForce = policy.Read(session.Run.PoolName) with { Hours = [] };
        var outcome = inForce.RefuseStep(step.Kind, step.Target, session.Run.PoolName) is { } refusal
            ? StepOutcome.Fail(refusal)
            : await ActAsync(session, step, stopping);
        if (outcome.State == StepState.Failed)
        {
            span?.SetStatus(ActivityStatusCode.Error, outcome.Message);
            outcome = outcome with { Message = $"{outcome.Message} {LeftAsIs(session.Run, step)}".TrimEnd() };
            span?.SetStatus(ActivityStatusCode.Error, outcome.Message);
        }

        await session.LeaveAsync(step.Number, outcome, stopping);
        Log.StepEnded(logger, session.Run.Id, step.Number, step.Title, outcome.State, outcome.Message);
        return outcome.State is StepState.Done or StepState.Skipped;
    }

    private async Task<StepOutcome> ActAsync(RepairSession session, RunStep step, CancellationToken stopping)
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
        catch (SqliteException exception)
        {
            return StepOutcome.Fail($"{server}: the agent's journal can't be written ({exception.Message}), so the step stopped.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.StepThrew(logger, session.Run.Id, step.Number, exception);
            return StepOutcome.Fail($"{server}: unexpected error: {exception.Message}");
        }
    }

    private static string LeftAsIs(RepairRun run, RunStep failed)
    {
        var parts = new List<string>();
        if (run.Steps.Any(step => step.Number > failed.Number))
        {
            parts.Add("Nothing else was done.");
        }

        if (run.CanUndo && failed.Kind is not (StepKind.ApplySettings or StepKind.VerifySync))
        {
            parts.Add($"The new settings of {run.PoolName} stay; Undo restores the old ones.");
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
        public static partial void RepairEnded(ILogger logger, string repairId, string playbook, RunState state);

        [LoggerMessage(5, LogLevel.Warning, "Repair {RepairId} ({Playbook}) was interrupted when the agent stopped; resuming it.")]
        public static partial void Resumes(ILogger logger, string repairId, string playbook);

        [LoggerMessage(6, LogLevel.Error, "The journal can't be read; repairs are refused until it can.")]
        public static partial void NotReadable(ILogger logger, Exception exception);

        [LoggerMessage(7, LogLevel.Critical, "Repair {RepairId} stopped unexpectedly; it resumes when the agent restarts.")]
        public static partial void NotCarriedOut(ILogger logger, string repairId, Exception exception);
    }
}
