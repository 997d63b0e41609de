using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Shared.Baselines;

/// <summary>How a recommended value is compared with the value in force.</summary>
public enum SettingOperator
{
    /// <summary>The value must be this one.</summary>
    Equal = 0,

    /// <summary>This number or more; 0 ("no limit") satisfies it where 0 means no limit.</summary>
    AtLeast = 1,

    /// <summary>One of several values; the first is the one to set.</summary>
    OneOf = 2,
}

/// <summary>A named set of recommended pool settings with its source.</summary>
public sealed record Baseline
{
    /// <summary>Stable id: guide, microsoft or optimize-wsusserver.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string Source { get; init; }

    public required IReadOnlyList<BaselineSetting> Settings { get; init; }
}

/// <summary>One recommended setting.</summary>
public sealed record BaselineSetting
{
    /// <summary>Key of the setting in PoolSettingCatalog, for example "queueLength".</summary>
    public required string Setting { get; init; }

    public SettingOperator Operator { get; init; }

    /// <summary>Invariant text; for OneOf several, else one.</summary>
    public required IReadOnlyList<string> Values { get; init; }

    public required string Reason { get; init; }

    public required string Source { get; init; }
}

/// <summary>Where a pool differs from a baseline.</summary>
/// <param name="Setting">Key of the setting.</param>
/// <param name="Current">Invariant text of the value in force.</param>
/// <param name="Recommendation">What the baseline asks for.</param>
/// <param name="IsDrifted">False where the value satisfies the recommendation.</param>
public sealed record SettingComparison(string Setting, string Current, BaselineSetting Recommendation, bool IsDrifted)
{
    /// <summary>The value that applying the baseline would set.</summary>
    public string Target => IsDrifted ? Recommendation.Values[0] : Current;

    /// <summary>What the baseline itself asks for and why something else is right on this server; null where the recommendation is the baseline's own.</summary>
    public SettingDeviation? Deviation { get; init; }
}
