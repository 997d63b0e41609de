using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>Sets the pool to the baseline. After an interruption the values in force tell whether the commit was made.</summary>
internal sealed class ApplySettingsStep(SettingsCommit commit, ServerReadings readings) : IStepAction
{
    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.ApplySettings];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (run, poolName) = (context.Run, context.Run.PoolName);
        if (run.Changes.Count == 0)
        {
            return StepOutcome.Skip($"{poolName} already has every value in the baseline.");
        }

        var settings = await commit.ReadAsync(poolName, cancellationToken);
        if (SettingsCommit.IsApplied(settings, run.Changes))
        {
            return new StepOutcome
            {
                Message = context.IsResumed && run.CanUndo
                    ? "Set before the agent restarted; not set again."
                    : $"{poolName} already had these values; nothing was set.",
                ReadBack = SettingsCommit.ReadBack(settings, run.Changes),
            };
        }

        // Before the commit, not after it: if the agent ends in between, Undo must still know of it.
        context.SetCanUndo(true);
        try
        {
            var readBack = await commit.CommitAsync(poolName, run.Changes, cancellationToken);
            return new StepOutcome { Message = $"Set {Wording.Count(run.Changes.Count, "setting", "settings")} of {poolName} in one commit.", ReadBack = readBack };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await WithdrawUndoAsync(context, cancellationToken);
            throw;
        }
    }

    // A commit that was refused has changed nothing, and then there is nothing to undo.
    private async Task WithdrawUndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var snapshot = await readings.RefreshAsync(cancellationToken, Shared.Snapshots.SectionNames.Iis);
        if (snapshot.Iis is { Status: Shared.Snapshots.SectionStatus.Ok, Value.WsusPool: { } pool }
            && context.Run.Changes.All(change => SettingsCommit.Has(pool.Settings, change.Setting, change.Before)))
        {
            context.SetCanUndo(false);
        }
    }
}
