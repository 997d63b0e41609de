using WsusDashboard.Shared.Baselines;

namespace WsusDashboard.Dashboard.Features.Baselines;

/// <summary>A recommendation in words: "30,000", "at least 2,000", "0 (no limit) or 4 GB".</summary>
public static class BaselineLabels
{
    public static string Recommendation(PoolSettingDefinition definition, BaselineSetting recommendation)
    {
        var values = string.Join(" or ", recommendation.Values.Select(definition.Describe));
        return recommendation.Operator switch
        {
            SettingOperator.AtLeast => $"at least {values}",
            _ => values,
        };
    }

    public static string Recommendation(BaselineSetting recommendation) => PoolSettingCatalog.Find(recommendation.Setting) is { } definition
        ? Recommendation(definition, recommendation)
        : string.Join(" or ", recommendation.Values);
}
