using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>Do the pool's settings satisfy the baseline?</summary>
internal static class DriftRules
{
    public static IEnumerable<RuleFinding> Drift(RuleContext context)
    {
        if (context.Drift.Count == 0)
        {
            yield break;
        }

        // Beside an error that lies plainly elsewhere the settings may be repaired, but not as what is tried first.
        var isBeside = context.HasOutsideCause && context.NamedCause is null;
        var playbook = isBeside ? null : context.PoolPlaybook(PlaybookCatalog.PoolOnlyId);
        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.SettingsDrift,
            Severity = Severity.Warning,
            Title = context.Drift.Count == 1 ? "1 setting drifted" : $"{context.Drift.Count} settings drifted",
            Explanation = $"{Wording.Count(context.Drift.Count, "setting", "settings")} of {context.PoolName} {(context.Drift.Count == 1 ? "differs" : "differ")} from the baseline \"{context.Observation.Baseline.Name}\""
                + (context.HasOutsideCause ? "; that isn't why syncs fail." : "."),
            Evidence = [.. context.Drift.Select(comparison => ToEvidence(context, comparison))],
            Since = context.Drift.Min(comparison => context.SettingChangedAt(comparison.Setting)),
            Source = context.Observation.Baseline.Source,
            Playbook = playbook,
            NextStep = isBeside ? "Find out why syncs fail first. Then repair the pool's settings." : playbook is null ? ReadingRules.RepairConfigurationFirst : null,
            Weight = Weights.Drift,
        });
    }

    /// <summary>What a recommendation asks for, in words: "30,000", "at least 2,000", "v4.0 or v2.0".</summary>
    internal static string Asked(PoolSettingDefinition definition, BaselineSetting recommendation) => recommendation.Operator switch
    {
        SettingOperator.AtLeast => $"at least {definition.Describe(recommendation.Values[0])}",
        SettingOperator.OneOf => string.Join(" or ", recommendation.Values.Select(definition.Describe)),
        _ => definition.Describe(recommendation.Values[0]),
    };

    private static Evidence ToEvidence(RuleContext context, SettingComparison comparison)
    {
        var definition = PoolSettingCatalog.Find(comparison.Setting)!;

        var instead = comparison.Deviation is { Wanted.Length: > 0 } deviation ? $" (the baseline's {definition.Describe(deviation.Wanted)} isn't safe here)" : "";

        return context.PoolEvidence(definition.Label, $"{definition.Describe(comparison.Current)}, recommended: {Asked(definition, comparison.Recommendation)}{instead}");
    }
}
