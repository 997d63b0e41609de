using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>Settings as the audit writes them.</summary>
internal static class SettingLabels
{
    public static string Before(IReadOnlyList<SettingChange> changes) => Describe(changes, change => change.Before);

    public static string After(IReadOnlyList<SettingChange> changes) => Describe(changes, change => change.After);

    private static string Describe(IReadOnlyList<SettingChange> changes, Func<SettingChange, string> value) =>
        string.Join(", ", changes.Select(change => $"{change.Setting} {value(change)}"));
}
