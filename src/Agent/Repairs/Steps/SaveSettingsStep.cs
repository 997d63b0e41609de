using WsusDashboard.Agent.Repairs.Planning;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>Writes the pool's settings and the states to the journal; a second entry keeps what the first one saved.</summary>
internal sealed class SaveSettingsStep(ServerReadings readings, TimeProvider timeProvider) : IStepAction
{
    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.SaveSettings];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var pool = await readings.ReadPoolAsync(context.Run.PoolName, cancellationToken);
        var services = (await readings.RefreshAsync(cancellationToken, SectionNames.Services)).Services.Value?.Services ?? [];
        context.SaveSettings(new SavedSettings
        {
            PoolName = pool.Name,
            Settings = pool.Settings,
            PoolState = pool.State,
            ApplicationCount = pool.ApplicationCount,
            Services = services,
            SavedAt = timeProvider.GetUtcNow(),
        });

        var saved = context.FindSettings(context.Run.Id)
            ?? throw new StepFailedException($"{readings.ComputerName}: the settings of {pool.Name} weren't found in the journal after they were saved.");
        return new StepOutcome
        {
            Message = $"Saved the settings of {saved.PoolName} ({saved.PoolState}, {Wording.Count(saved.ApplicationCount, "application", "applications")}) and the states of {Wording.Count(saved.Services.Count, "service", "services")}.",
            ReadBack = [.. context.Run.Changes.Select(change => $"{change.Setting} = {StepText.Describe(change.Setting, change.Before)}")],
        };
    }
}
