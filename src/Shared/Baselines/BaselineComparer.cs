using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Baselines;

/// <summary>Compares a pool with a baseline.</summary>
public static class BaselineComparer
{
    /// <summary>One comparison for each setting of the baseline, in its order; a setting that this build does not know is passed over.</summary>
    public static IReadOnlyList<SettingComparison> Compare(PoolSettings settings, Baseline baseline)
    {
        var comparisons = new List<SettingComparison>(baseline.Settings.Count);
        foreach (var recommendation in baseline.Settings)
        {
            if (PoolSettingCatalog.Find(recommendation.Setting) is { } definition)
            {
                var current = definition.Read(settings);
                comparisons.Add(new SettingComparison(recommendation.Setting, current, recommendation, !IsSatisfied(definition, current, recommendation)));
            }
        }

        return comparisons;
    }

    /// <summary>The same with what is right for one server; a comparison with a deviation says what the baseline itself asks for.</summary>
    public static IReadOnlyList<SettingComparison> Compare(PoolSettings settings, BoundedBaseline bounded) =>
        [.. Compare(settings, bounded.Baseline).Select(comparison => comparison with { Deviation = bounded.FindDeviation(comparison.Setting) })];

    /// <summary>True where the value satisfies the recommendation.</summary>
    public static bool IsSatisfied(PoolSettingDefinition definition, string value, BaselineSetting recommendation) => recommendation.Operator switch
    {
        SettingOperator.AtLeast => IsAtLeast(definition, value, recommendation.Values[0]),
        SettingOperator.OneOf => recommendation.Values.Any(allowed => definition.AreEqual(value, allowed)),
        _ => definition.AreEqual(value, recommendation.Values[0]),
    };

    /// <summary>The settings with every drifted one set to what the baseline asks for.</summary>
    public static PoolSettings Apply(PoolSettings settings, Baseline baseline) => Compare(settings, baseline)
        .Where(comparison => comparison.IsDrifted)
        .Aggregate(settings, (result, comparison) => PoolSettingCatalog.Find(comparison.Setting)!.With(result, comparison.Target));

    private static bool IsAtLeast(PoolSettingDefinition definition, string value, string minimum) =>
        definition.Number(value) is { } number && definition.Number(minimum) is { } bound
            ? number >= bound || (number == 0 && definition.ZeroMeaning is not null)
            : definition.AreEqual(value, minimum);
}
