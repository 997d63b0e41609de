using WsusDashboard.Shared;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>Waits until WSUS answers on its port. It only reads, so after an interruption it begins again.</summary>
internal sealed class VerifyWsusStep(ServerReadings readings, TimeProvider timeProvider) : IStepAction
{
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(15));

    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.VerifyWsus];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(StepTimes.WarmUpLimit, timeProvider);
        for (var attempt = 0; ; attempt++)
        {
            // A reading from before is no proof: one that takes too long leaves the last one standing.
            var askedAt = timeProvider.GetUtcNow();
            var wsus = (await readings.RefreshAsync(cancellationToken, SectionNames.Wsus)).Wsus;
            var elapsed = deadline.Elapsed;
            if (wsus.Status == SectionStatus.NotInstalled)
            {
                return StepOutcome.Skip("WSUS isn't installed on this server.");
            }

            if (wsus.Status == SectionStatus.Ok && wsus.ReadAt >= askedAt)
            {
                return new StepOutcome { Message = $"WSUS answered after {Wording.Duration(elapsed)}.", ReadBack = wsus.Value is { Port: > 0 and var port } ? [FormattableString.Invariant($"Port: {port}")] : [] };
            }

            if (wsus is { Status: SectionStatus.Unreadable, Failure: ReadFailure.AccessDenied } && wsus.AttemptedAt >= askedAt)
            {
                // Whoever refuses an account is there.
                return new StepOutcome { Message = $"WSUS answers after {Wording.Duration(elapsed)}, but refuses the agent's account.", ReadBack = [wsus.Error ?? ""] };
            }

            var why = wsus.AttemptedAt >= askedAt && wsus.Error is { Length: > 0 } error ? error : $"no answer within {Wording.Duration(StepTimes.ReadLimit)}";
            if (deadline.IsOver)
            {
                throw new StepFailedException($"{readings.ComputerName}: WSUS doesn't answer {Wording.Duration(elapsed)} after its services were started: {why}");
            }

            context.Report($"WSUS isn't answering yet ({why}); asking again, {Wording.Duration(elapsed)} of at most {Wording.Duration(StepTimes.WarmUpLimit)}.");
            await Task.Delay(Pauses.Next(attempt + 1), timeProvider, cancellationToken);
        }
    }
}
