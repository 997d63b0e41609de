namespace Microsoft.Web.Administration;

/// <summary>What the schema says about one element.</summary>
public sealed class ConfigurationElementSchema
{
    internal ConfigurationElementSchema(string name, IEnumerable<ConfigurationAttributeSchema>? attributes = null, params ConfigurationElementSchema[] children)
    {
        Name = name;
        AttributeSchemas = new ConfigurationAttributeSchemaCollection(attributes ?? []);
        Children = children;
    }

    public string Name { get; }

    public ConfigurationAttributeSchemaCollection AttributeSchemas { get; }

    internal IReadOnlyList<ConfigurationElementSchema> Children { get; }

    /// <summary>The element that adds an entry, where this element is a collection.</summary>
    internal ConfigurationElementSchema? Entry { get; init; }

    /// <summary>The element that empties the collection of what was inherited; null where the schema has none.</summary>
    internal string? ClearElement { get; init; }

    internal ConfigurationElementSchema? Child(string name) => Children.FirstOrDefault(child => child.Name == name);
}
