using WsusDashboard.Iis.Emulation.Schema;

namespace Microsoft.Web.Administration;

/// <summary>What the schema says about one attribute.</summary>
public sealed class ConfigurationAttributeSchema
{
    internal ConfigurationAttributeSchema(string name, ValueRule rule, string? defaultText)
    {
        Name = name;
        Rule = rule;
        DefaultText = defaultText;
        DefaultValue = defaultText is not null ? rule.Parse(defaultText) : rule is TextRule ? "" : null;
    }

    public string Name { get; }

    /// <summary>bool, enum, flags, uint, int, string or timeSpan.</summary>
    public string Type => Rule.TypeName;

    /// <summary>The value where none is written; null where the schema has none and the type is no string.</summary>
    public object? DefaultValue { get; }

    public bool IsRequired { get; internal init; }

    public bool IsUniqueKey { get; internal init; }

    public bool IsEncrypted { get; internal init; }

    public bool IsExpanded { get; internal init; }

    public bool IsCaseSensitive { get; internal init; }

    public string ValidationType => Rule.ValidationType;

    public string ValidationParameter => Rule.ValidationParameter;

    internal ValueRule Rule { get; }

    internal string? DefaultText { get; }
}
