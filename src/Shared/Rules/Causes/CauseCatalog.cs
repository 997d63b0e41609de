using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>What is known of one cause before any case.</summary>
/// <param name="Number">Its number in configmgr.md, 6b.</param>
/// <param name="Id">One of <see cref="FindingIds"/>.</param>
/// <param name="Name">The cause in a few plain words.</param>
/// <param name="Source">Where the knowledge comes from.</param>
/// <param name="Precedence">Among causes that are equally sure, the higher is named first: the reason before what follows from it.</param>
public sealed record CauseDescription(int Number, string Id, string Name, string Source, int Precedence);

/// <summary>All causes, in the order of their numbers.</summary>
public static class CauseCatalog
{
    private static readonly Lazy<Dictionary<string, bool>> Repairable = new(() => CauseEngine.Rules.ToDictionary(rule => rule.Id, rule => rule.Playbook is not null));

    public static IReadOnlyList<CauseDescription> All { get; } =
        [.. CauseEngine.Rules.OrderBy(rule => rule.Number).Select(rule => new CauseDescription(rule.Number, rule.Id, rule.Name, rule.Source, rule.Precedence))];

    /// <summary>True where no repair touches a cause: it lies elsewhere, in a person's wish, or in a restart that is over. Unknown ones are not such.</summary>
    public static bool IsBeyondRepair(string id) => id is FindingIds.StoppedByPerson or FindingIds.ServerRestarted || Repairable.Value.TryGetValue(id, out var isRepairable) && !isRepairable;

    /// <summary>The name of a cause; null where the id is none.</summary>
    public static string? NameOf(string id) => id == FindingIds.UnknownCause ? "Cause unknown" : All.FirstOrDefault(cause => cause.Id == id)?.Name;
}
