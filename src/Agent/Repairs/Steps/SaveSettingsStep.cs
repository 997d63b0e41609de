using System.Globalization;
using WsusDashboard.Agent.Repairs.Trials;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>Writes the pool's settings, the states, and what clients get to the journal; a second entry keeps the settings that the first one saved.</summary>
internal sealed class SaveSettingsStep(ServerReadings readings, ClientMeasure clients, TimeProvider timeProvider) : IStepAction
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
        if (context.Run.Changes.Count > 0)
        {
            await MeasureAsync(context, cancellationToken);
        }

        return new StepOutcome
        {
            Message = $"Saved the settings of {saved.PoolName} ({saved.PoolState}, {Wording.Count(saved.ApplicationCount, "application", "applications")}) and the states of {Wording.Count(saved.Services.Count, "service", "services")}.",
            ReadBack =
            [
                .. context.Run.Changes.Select(change => $"{change.Setting} = {SettingText.Describe(change.Setting, change.Before)}"),
                .. (context.Run.Trial?.Endpoints ?? []).Select(endpoint => $"{endpoint.Endpoint}: {endpoint.WordsBefore}{(endpoint.MedianBefore is { } median ? $" after {Wording.Duration(median)}" : "")}"),
            ],
        };
    }

    /// <summary>The new settings are compared with it.</summary>
    private async Task MeasureAsync(StepContext context, CancellationToken cancellationToken)
    {
        context.Report("Asking WSUS as its clients do, to compare with it later.");
        context.SetTrial(TrialJudge.Begin(await clients.MeasureAsync(StepTimes.MeasureLimit, cancellationToken)));
        if ((await readings.RefreshAsync(cancellationToken, SectionNames.Host)).Host.Value is { AvailableMemoryKilobytes: > 0 and var available })
        {
            context.WriteNote(TrySettingsStep.MemoryBefore, available.ToString(CultureInfo.InvariantCulture));
        }
    }
}
