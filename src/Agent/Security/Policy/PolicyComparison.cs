using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Security.Policy;

/// <summary>What a policy allows that another one did not. Pure.</summary>
internal static class PolicyComparison
{
    private const int MinutesPerWeek = 7 * 24 * 60;
    private const string PoolOfWsus = "the pool of WSUS";

    // Any Monday: hours begin on days of the week.
    private static readonly DateTimeOffset Monday = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>For a person, an item each; empty where it allows nothing more.</summary>
    public static IReadOnlyList<string> Widened(PolicyFile before, PolicyFile after) =>
    [
        .. When(after.Mode > before.Mode, $"mode {before.Mode} → {after.Mode}"),
        .. Added("services", before.AllowedServices ?? ServiceNames.Watched, after.AllowedServices ?? ServiceNames.Watched),
        .. Added("pools", before.AllowedPools ?? [PoolOfWsus], after.AllowedPools ?? [PoolOfWsus]),
        .. before.AllowedPlaybooks is { } playbooks ? after.AllowedPlaybooks is { } now ? Added("playbooks", playbooks, now) : ["playbooks: all"] : [],
        .. When(IsOpenLonger(before.Hours, after.Hours), $"hours: {(after.Hours.Count == 0 ? "always" : string.Join("; ", after.Hours))}"),
        .. When(after.KeepAnyway && !before.KeepAnyway, "keepAnyway"),
        .. Added("without approval", after.NeedsApprovalFor, before.NeedsApprovalFor),
        .. More("repairs a day", before.Rate.RepairsPerDay, after.Rate.RepairsPerDay),
        .. More("pool commands an hour", before.Rate.PoolCommandsPerHour, after.Rate.PoolCommandsPerHour),
        .. More("service commands an hour", before.Rate.ServiceCommandsPerHour, after.Rate.ServiceCommandsPerHour),
        .. More("sync commands an hour", before.Rate.SyncCommandsPerHour, after.Rate.SyncCommandsPerHour),
        .. More("restarts of IIS a day", before.Rate.IisRestartsPerDay, after.Rate.IisRestartsPerDay),
    ];

    private static IEnumerable<string> When(bool condition, string text) => condition ? [text] : [];

    private static IEnumerable<string> Added(string what, IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var added = after.Except(before, StringComparer.OrdinalIgnoreCase).ToList();
        return When(added.Count > 0, $"{what}: {string.Join(", ", added)}");
    }

    private static IEnumerable<string> More(string what, int before, int after) => When(after > before, FormattableString.Invariant($"{what}: {before} → {after}"));

    private static bool IsOpenLonger(IReadOnlyList<PolicyHours> before, IReadOnlyList<PolicyHours> after) =>
        before.Count > 0 && Enumerable.Range(0, MinutesPerWeek).Select(minute => Monday.AddMinutes(minute)).Any(at => IsOpen(after, at) && !IsOpen(before, at));

    private static bool IsOpen(IReadOnlyList<PolicyHours> hours, DateTimeOffset at) => hours.Count == 0 || hours.Any(span => span.Contains(at));
}
