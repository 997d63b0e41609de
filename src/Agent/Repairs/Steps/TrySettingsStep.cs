using WsusDashboard.Agent.Repairs.Trials;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>
/// The trial of new settings: asks WSUS as its clients do until the answers are as good as before. Where they are not within the limit, or a sign says
/// earlier that they will not be, it fails, and the run restores the saved settings. After an interruption it begins anew.
/// </summary>
internal sealed class TrySettingsStep(ClientMeasure clients, ServerReadings readings, AgentOptions options, TimeProvider timeProvider) : IStepAction
{
    /// <summary>The note of the step that saves the settings: available memory then, in kilobytes.</summary>
    public const string MemoryBefore = "available-memory";

    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.TrySettings];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Run is not { CanUndo: true, Trial: { } begun })
        {
            return StepOutcome.Skip("No setting was changed, so there is nothing to compare.");
        }

        context.SetTrial(begun with { Verdict = TrialVerdict.Open, Reason = "" });
        var window = new AnswerWindow();
        var deadline = Deadline.After(options.TrialTimeLimit, timeProvider);
        while (true)
        {
            if (context.Run.Keep is not null)
            {
                return End(context, context.Run.Trial!);
            }

            if (context.IsCancelRequested)
            {
                return StepOutcome.Fail("Stopped on request before it was clear what answers clients get.");
            }

            await clients.AskAsync(window, deadline, cancellationToken);
            var now = window.Series();
            var trial = TrialJudge.Compare(context.Run.Trial!, now);
            if (TrialJudge.Decide(trial, window.IsFull, await FindSignAsync(context, trial, now, cancellationToken), deadline.IsOver) is { } decided)
            {
                return End(context, decided);
            }

            context.SetTrial(trial);
            context.Report($"{TrialJudge.Describe(trial)}.");
            await Task.Delay(StepTimes.QuestionPause, timeProvider, cancellationToken);
        }
    }

    private async Task<string?> FindSignAsync(StepContext context, Trial trial, IReadOnlyList<EndpointSeries> now, CancellationToken cancellationToken)
    {
        var snapshot = await readings.FollowAsync(StepTimes.QuestionPause, cancellationToken, SectionNames.Iis, SectionNames.Events, SectionNames.Host);
        return TrialSigns.Find(trial, now, snapshot, context.Run.PoolName, context.Step.StartedAt ?? timeProvider.GetUtcNow(), StepContext.ParseNumber(context.NoteOf(StepKind.SaveSettings, MemoryBefore)));
    }

    private static StepOutcome End(StepContext context, Trial decided)
    {
        var trial = context.EndTrial(decided);
        return new StepOutcome
        {
            State = trial.Verdict is TrialVerdict.Worse ? StepState.Failed : StepState.Done,
            Message = trial.Reason,
            ReadBack = [.. trial.Endpoints.Select(endpoint => $"{endpoint.Endpoint}: {endpoint.WordsBefore} → {endpoint.WordsAfter}")],
        };
    }
}
