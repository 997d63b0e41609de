using WsusDashboard.Agent.Repairs.Trials;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>Asks WSUS again after the saved settings were restored: clients must get again what they got before.</summary>
internal sealed class VerifyRollbackStep(ClientMeasure clients, AgentOptions options, TimeProvider timeProvider) : IStepAction
{
    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.VerifyRollback];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var before = context.Run.Trial ?? new Trial();
        if (!before.WasAnswering)
        {
            return StepOutcome.Skip("WSUS didn't answer clients before the repair, so there is nothing to compare.");
        }

        var window = new AnswerWindow();
        var deadline = Deadline.After(options.TrialTimeLimit, timeProvider);
        while (true)
        {
            await clients.AskAsync(window, deadline, cancellationToken);
            var trial = TrialJudge.Compare(before, window.Series());
            if (TrialJudge.Decide(trial, window.IsFull, null, deadline.IsOver) is { } decided)
            {
                return decided.Verdict is TrialVerdict.Passed
                    ? new StepOutcome { Message = decided.Reason }
                    : StepOutcome.Fail($"The saved settings are in force again, but clients still get worse answers than before: {string.Join("; ", trial.Endpoints.Select(TrialJudge.WorseThanBefore).OfType<string>())}.");
            }

            context.Report($"{TrialJudge.Describe(trial)}.");
            await Task.Delay(StepTimes.QuestionPause, timeProvider, cancellationToken);
        }
    }
}
