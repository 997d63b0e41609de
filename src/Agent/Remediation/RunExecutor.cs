using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Remediation.Steps;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Remediation;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Remediation;

/// <summary>Carries a run out, step by step: intent to the journal, work, outcome to the journal. Used by one worker, for one run at a time.</summary>
internal sealed partial class RunExecutor(
    IEnumerable<IStepAction> actions, LocalPolicy policy, RunProgress progress, AgentOptions options, TimeProvider timeProvider, ILogger<RunExecutor> logger)
{
    private readonly Dictionary<StepKind, IStepAction> _actions =
        actions.SelectMany(action => action.Kinds.Select(kind => (kind, action))).ToDictionary(pair => pair.kind, pair => pair.action);

    /// <summary>Runs what is left of a run. When the agent ends, the step in work is left without an outcome: the journal then tells the truth.</summary>
    /// <exception cref="OperationCanceledException">The agent ends.</exception>
    public async Task ExecuteAsync(ActiveRun active, CancellationToken stopping)
    {
        while (Next(active.Run) is { } step)
        {
            // Also on resuming: the agent may have ended between a failure and the end of the run.
            if (active.Run.Steps.Any(other => other.State == StepState.Failed) || (active.Run.CancelRequested && step.State == StepState.Waiting))
            {
                break;
            }

            if (!await ExecuteStepAsync(active, step, stopping))
            {
                break;
            }
        }

        await FinishAsync(active, stopping);
    }

    private static RunStep? Next(RemediationRun run) => run.Steps.FirstOrDefault(step => step.State is StepState.Waiting or StepState.Running);

    private async Task<bool> ExecuteStepAsync(ActiveRun active, RunStep step, CancellationToken stopping)
    {
        var isResumed = step.State == StepState.Running;
        Log.StepBegins(logger, active.Run.Id, step.Number, step.Title, step.Attempts + 1);
        await progress.EnterAsync(active, step.Number, stopping);

        // The policy is asked again, because it may have been narrowed; its hours are not: a repair is not left half-way at six o'clock.
        var inForce = policy.Read(active.Run.PoolName) with { Hours = [] };
        var outcome = inForce.RefuseStep(step.Kind, step.Target, active.Run.PoolName) is { } refusal
            ? new StepOutcome { State = StepState.Failed, Message = refusal }
            : await RunAsync(active, step, isResumed, stopping);
        if (outcome.State == StepState.Failed)
        {
            outcome = outcome with { Message = $"{outcome.Message} {LeftAsIs(active.Run, step)}".TrimEnd() };
        }

        await progress.LeaveAsync(active, step.Number, outcome, stopping);
        Log.StepEnded(logger, active.Run.Id, step.Number, step.Title, outcome.State, outcome.Message);
        return outcome.State is StepState.Done or StepState.Skipped;
    }

    private async Task<StepOutcome> RunAsync(ActiveRun active, RunStep step, bool isResumed, CancellationToken stopping)
    {
        var limit = StepTimes.Limit(step.Kind, options);
        using var timer = new CancellationTokenSource(limit, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stopping);
        var context = new StepContext(active, step.Number, isResumed, message => progress.Report(active, step.Number, message));
        try
        {
            return _actions.TryGetValue(step.Kind, out var action)
                ? await action.RunAsync(context, linked.Token)
                : new StepOutcome { State = StepState.Failed, Message = $"This agent has no step {step.Kind}." };
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new StepOutcome { State = StepState.Failed, Message = $"{active.Run.ComputerName}: \"{step.Title}\" did not end within {Wording.Duration(limit)}. It was left as it is." };
        }
        catch (StepFailedException exception)
        {
            return exception.Outcome;
        }
        catch (EdgeException exception)
        {
            return new StepOutcome { State = StepState.Failed, Message = $"{active.Run.ComputerName}: {exception.Message}" };
        }
        catch (SqliteException exception)
        {
            return new StepOutcome { State = StepState.Failed, Message = $"{active.Run.ComputerName}: the agent's journal cannot be written ({exception.Message}), so the step did not go on." };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.StepThrew(logger, active.Run.Id, step.Number, exception);
            return new StepOutcome { State = StepState.Failed, Message = $"{active.Run.ComputerName}: unexpected error: {exception.Message}" };
        }
    }

    private async Task FinishAsync(ActiveRun active, CancellationToken stopping)
    {
        var run = active.Run;
        var state = run switch
        {
            _ when run.Steps.Any(step => step.State == StepState.Failed) => RunState.Failed,
            _ when run.Steps.All(step => step.State is StepState.Done or StepState.Skipped) => RunState.Succeeded,
            _ => RunState.Cancelled,
        };
        await progress.FinishAsync(active, state, stopping);
        Log.RunEnded(logger, run.Id, run.Playbook, state);
    }

    private static string LeftAsIs(RemediationRun run, RunStep failed)
    {
        var parts = new List<string>();
        if (run.Steps.Any(step => step.Number > failed.Number))
        {
            parts.Add("Nothing further was done.");
        }

        if (run.CanUndo && failed.Kind is not (StepKind.ApplySettings or StepKind.VerifySync))
        {
            parts.Add($"The settings of {run.PoolName} that were set before stay; Undo restores them.");
        }

        return string.Join(" ", parts);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Run {RunId}, step {Number} ({Title}) begins, attempt {Attempt}.")]
        public static partial void StepBegins(ILogger logger, string runId, int number, string title, int attempt);

        [LoggerMessage(2, LogLevel.Information, "Run {RunId}, step {Number} ({Title}): {State}. {Outcome}")]
        public static partial void StepEnded(ILogger logger, string runId, int number, string title, StepState state, string outcome);

        [LoggerMessage(3, LogLevel.Error, "Run {RunId}, step {Number} threw something unexpected.")]
        public static partial void StepThrew(ILogger logger, string runId, int number, Exception exception);

        [LoggerMessage(4, LogLevel.Information, "Run {RunId} ({Playbook}) ended: {State}.")]
        public static partial void RunEnded(ILogger logger, string runId, string playbook, RunState state);
    }
}
