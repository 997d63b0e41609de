using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Baselines;

/// <summary>The groups of an application pool's advanced settings, in the order in which IIS Manager shows them.</summary>
public enum PoolSettingGroup
{
    General = 0,
    Cpu = 1,
    ProcessModel = 2,
    RapidFailProtection = 3,
    Recycling = 4,
}

/// <summary>One setting of an application pool: its names, its allowed values, and where it stands in <see cref="PoolSettings"/>.</summary>
/// <remarks>Values travel as invariant text: numbers in digits, memory in KB, time spans in minutes, "true" and "false".</remarks>
public sealed class PoolSettingDefinition
{
    private readonly SettingFormat _format;
    private readonly Func<PoolSettings, string> _read;
    private readonly Func<PoolSettings, string, PoolSettings?> _with;

    internal PoolSettingDefinition(
        string key,
        string label,
        string attribute,
        SettingFormat format,
        Func<PoolSettings, string> read,
        Func<PoolSettings, string, PoolSettings?> with)
    {
        Key = key;
        Label = label;
        Attribute = attribute;
        _format = format;
        _read = read;
        _with = with;
    }

    /// <summary>Stable key, for example "queueLength".</summary>
    public string Key { get; }

    /// <summary>Name as IIS Manager shows it, for example "Queue length".</summary>
    public string Label { get; }

    /// <summary>Where IIS Manager shows it: the part of applicationHost.config that it stands in decides.</summary>
    public PoolSettingGroup Group => Attribute.Split('/')[0] switch
    {
        "cpu" => PoolSettingGroup.Cpu,
        "processModel" => PoolSettingGroup.ProcessModel,
        "failure" => PoolSettingGroup.RapidFailProtection,
        "recycling" => PoolSettingGroup.Recycling,
        _ => PoolSettingGroup.General,
    };

    /// <summary>Place in applicationHost.config below the pool's element, for example "processModel/@idleTimeout".</summary>
    public string Attribute { get; }

    /// <summary>Unit of the invariant text: "KB", "min", or empty.</summary>
    public string Unit => _format.Unit;

    /// <summary>What may be set, for a person: "a whole number from 10 to 65535".</summary>
    public string Allowed => _format.Allowed;

    /// <summary>What 0 means ("no limit", "never"); null where 0 is a value like any other.</summary>
    public string? ZeroMeaning => _format.ZeroMeaning;

    /// <summary>The value in force, as invariant text.</summary>
    public string Read(PoolSettings settings) => _read(settings);

    /// <summary>The settings with this one changed.</summary>
    /// <exception cref="ArgumentException">The text is no value of this setting.</exception>
    public PoolSettings With(PoolSettings settings, string invariantText) =>
        _with(settings, invariantText) ?? throw new ArgumentException(NotAllowed(invariantText), nameof(invariantText));

    /// <summary>Null where the text may be set; else what is wrong and what is allowed.</summary>
    public string? Validate(string invariantText) => _format.IsAllowed(invariantText) ? null : NotAllowed(invariantText);

    /// <summary>The value as a person says it: "1.8 GB", "no limit", "20 min".</summary>
    public string Describe(string invariantText) => _format.Describe(invariantText);

    /// <summary>True where both texts are the same value ("TRUE" and "true", "5" and "5.0").</summary>
    public bool AreEqual(string first, string second) => _format.AreEqual(first, second);

    /// <summary>The number in the text, for comparing; null where this setting is no number.</summary>
    internal decimal? Number(string invariantText) => _format.Number(invariantText);

    private string NotAllowed(string text) => $"{Key} is '{text}'. Allowed: {_format.Allowed}.";
}
