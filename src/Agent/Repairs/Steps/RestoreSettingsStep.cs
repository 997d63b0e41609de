using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>
/// Undo and rollback: sets what the run set back to what it saved. A setting is restored only while it has the value that the run gave it: what
/// somebody changed since is theirs, it is left as it is and named.
/// </summary>
internal sealed class RestoreSettingsStep(SettingsCommit commit, ServerReadings readings) : IStepAction
{
    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.RestoreSettings];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var run = context.Run;
        var settings = await commit.ReadAsync(run.PoolName, cancellationToken);

        // Before is what the run had set and After is what it had saved: as the changes of an undo are, and those of a rollback backwards.
        var changes = context.Step.IsRollback ? Backwards(context) : run.Changes;
        var restored = changes.Where(change => SettingsCommit.Has(settings, change.Setting, change.After)).ToArray();
        var due = changes.Except(restored).Where(change => SettingsCommit.Has(settings, change.Setting, change.Before)).ToArray();
        var left = changes.Except(restored).Except(due)
            .Select(change => $"{change.Setting} is {SettingText.Describe(change.Setting, SettingsCommit.Read(settings, change.Setting))}: changed by someone else since the repair, left as it is")
            .ToArray();
        if (due.Length == 0 && restored.Length == 0)
        {
            throw new StepFailedException(
                $"{readings.ComputerName}: someone else has changed every setting of {run.PoolName} since the repair set it. Nothing was restored.", left);
        }

        IReadOnlyList<string> readBack = due.Length == 0 ? [] : await commit.CommitAsync(run.PoolName, due, cancellationToken);
        if (context.Step.IsRollback)
        {
            context.WithdrawUndo();
        }

        return new StepOutcome
        {
            Message = Sentence(run.PoolName, due.Length, restored.Length, left.Length, context.IsResumed),
            ReadBack = [.. readBack, .. SettingsCommit.ReadBack(settings, restored), .. left],
        };
    }

    private IReadOnlyList<SettingChange> Backwards(StepContext context) => context.FindSettings(context.Run.Id) is { } saved
        ? SettingsRollback.Reverse(context.Run, saved.Settings)
        : throw new StepFailedException($"{readings.ComputerName}: the journal has no settings saved by {context.Run.Id}, so they can't be restored.");

    private static string Sentence(string poolName, int due, int restored, int left, bool isResumed)
    {
        var parts = new List<string>();
        if (due > 0)
        {
            parts.Add($"Restored {Wording.Count(due, "setting", "settings")} of {poolName}.");
        }

        if (restored > 0)
        {
            parts.Add($"{Wording.Count(restored, "setting", "settings")} {(isResumed ? "were restored before the agent restarted" : "already had the saved value")}; not set again.");
        }

        if (left > 0)
        {
            parts.Add($"{Wording.Count(left, "setting was", "settings were")} changed by someone else since then, and left unchanged.");
        }

        return string.Join(" ", parts);
    }
}
