using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs;

/// <summary>What leads back to the settings that a run saved. Pure.</summary>
internal static class SettingsRollback
{
    /// <summary>The steps that the agent adds. A pool that was stopped before is not started for it.</summary>
    public static IReadOnlyList<RepairStep> Steps(Repair run, SavedSettings? saved)
    {
        var first = run.Steps.Count == 0 ? 1 : run.Steps.Max(step => step.Number) + 1;
        var steps = new List<(StepKind Kind, string Title)> { (StepKind.RestoreSettings, $"Restore the settings of {run.PoolName}") };
        if (saved?.PoolState is not PoolState.Stopped)
        {
            steps.Add((StepKind.RestartPool, $"Restart {run.PoolName}"));
            steps.Add((StepKind.VerifyRollback, "Check that clients get answers as good as before"));
        }

        return [.. steps.Select((step, index) => new RepairStep { Number = first + index, Kind = step.Kind, Title = step.Title, Target = run.PoolName, IsRollback = true })];
    }

    /// <summary>The changes of a run, backwards: from what it had set to what it had saved.</summary>
    /// <param name="run">The run.</param>
    /// <param name="saved">What it saved of the pool; null where it changed nothing of one.</param>
    public static IReadOnlyList<SettingChange> Reverse(Repair run, PoolSettings? saved) =>
    [
        .. run.Changes.Select(change => new SettingChange
        {
            Setting = change.Setting,
            Before = change.After,
            After = (saved is null ? null : PoolSettingCatalog.Find(change.Setting)?.Read(saved)) ?? change.Before,
            Reason = "The value before the repair.",
            Source = $"Saved by repair {run.Id}",
        }),
    ];
}
