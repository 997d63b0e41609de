using WsusDashboard.Agent.Iis;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>Sets values of a pool in one commit and reads them back.</summary>
internal sealed class SettingsCommit(PoolActions pools, ServerReadings readings)
{
    /// <summary>True where each setting has the value that the change asks for.</summary>
    public static bool IsApplied(PoolSettings settings, IEnumerable<SettingChange> changes) => changes.All(change => Has(settings, change.Setting, change.After));

    public static bool Has(PoolSettings settings, string setting, string value) =>
        PoolSettingCatalog.Find(setting) is { } definition && definition.AreEqual(definition.Read(settings), value);

    public static string Read(PoolSettings settings, string setting) => PoolSettingCatalog.Find(setting)?.Read(settings) ?? "";

    /// <summary>The settings of a pool, after every commit that still goes on: one whose step gave up waiting may yet be made.</summary>
    /// <exception cref="StepFailedException">IIS cannot be read, or the pool is not there.</exception>
    public async Task<PoolSettings> ReadAsync(string poolName, CancellationToken cancellationToken)
    {
        await pools.WhenCommittedAsync(cancellationToken);
        return (await readings.ReadPoolAsync(poolName, cancellationToken)).Settings;
    }

    /// <returns>One line a setting, as read back.</returns>
    /// <exception cref="StepFailedException">Not committed, or something else was read back.</exception>
    public async Task<IReadOnlyList<string>> CommitAsync(string poolName, IReadOnlyList<SettingChange> changes, CancellationToken cancellationToken)
    {
        await pools.ApplyAsync(poolName, [.. changes.Select(change => new KeyValuePair<string, string>(change.Setting, change.After))], cancellationToken);
        var settings = (await readings.ReadPoolAsync(poolName, cancellationToken)).Settings;
        var readBack = ReadBack(settings, changes);
        var wrong = changes.Where(change => !Has(settings, change.Setting, change.After)).Select(change => change.Setting).ToArray();
        return wrong.Length == 0
            ? readBack
            : throw new StepFailedException(
                $"{readings.ComputerName}: IIS accepted the settings of {poolName}, but other values were read back for {string.Join(", ", wrong)}. Check whether something else writes this configuration (shared configuration, group policy).",
                readBack);
    }

    public static IReadOnlyList<string> ReadBack(PoolSettings settings, IEnumerable<SettingChange> changes) =>
        [.. changes.Select(change => $"{change.Setting} = {SettingText.Describe(change.Setting, Read(settings, change.Setting))}")];
}
