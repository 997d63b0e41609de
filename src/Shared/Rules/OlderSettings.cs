using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>Events that are older than the settings in force: they tell what was, and what they would ask for may be set already.</summary>
public static class OlderSettings
{
    /// <summary>The settings of the pool that decide whether a cause can happen again; empty for causes that rest on none.</summary>
    /// <param name="causeId">One of <see cref="FindingIds"/>.</param>
    public static IReadOnlyList<string> SettingsOf(string causeId) => causeId switch
    {
        FindingIds.PoolMemoryLimit => [SettingKeys.PrivateMemory],
        FindingIds.PoolVirtualMemoryLimit => [SettingKeys.VirtualMemory],
        FindingIds.PoolAddressSpace => [SettingKeys.Enable32BitAppOnWin64],
        FindingIds.PoolRecycledInSync => [SettingKeys.RegularRestartInterval],
        FindingIds.PoolQueueFull => [SettingKeys.QueueLength],
        FindingIds.PoolIdleOrPing => [SettingKeys.IdleTimeout, SettingKeys.PingingEnabled],
        _ => [],
    };

    /// <summary>When any setting of the pool was changed after a moment; null where none was, as far as anybody saw.</summary>
    internal static DateTimeOffset? ChangedAfter(RuleContext context, DateTimeOffset moment) => context.SettingsChangedAt is { } at && at > moment ? at : null;

    /// <summary>When the settings that decide on a cause were changed after a moment; null where none was.</summary>
    internal static DateTimeOffset? ChangedAfter(RuleContext context, string causeId, DateTimeOffset moment) =>
        SettingsOf(causeId).Max(key => context.SettingChangedAt(key)) is { } at && at > moment ? at : null;

    /// <summary>One sentence.</summary>
    public static string Say(DateTimeOffset changedAt) => $"This is based on events from before the settings last changed, on {Wording.Time(changedAt)}.";
}
