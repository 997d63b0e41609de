using System.Collections;

namespace Microsoft.Web.Administration;

/// <summary>The attributes that an element may have, in the order of the schema.</summary>
public sealed class ConfigurationAttributeSchemaCollection : IReadOnlyList<ConfigurationAttributeSchema>
{
    private readonly ConfigurationAttributeSchema[] _attributes;

    internal ConfigurationAttributeSchemaCollection(IEnumerable<ConfigurationAttributeSchema> attributes)
    {
        _attributes = [.. attributes];
        Names = [.. _attributes.Select(attribute => attribute.Name)];
    }

    public int Count => _attributes.Length;

    internal string[] Names { get; }

    public ConfigurationAttributeSchema this[int index] => _attributes[index];

    /// <summary>Null where this IIS does not know the attribute: ask here before reading one that an older version may lack.</summary>
    public ConfigurationAttributeSchema? this[string name] => Array.Find(_attributes, attribute => attribute.Name == name);

    public IEnumerator<ConfigurationAttributeSchema> GetEnumerator() => _attributes.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
