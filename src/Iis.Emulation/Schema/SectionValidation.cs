using System.Xml.Linq;
using Microsoft.Web.Administration;
using WsusDashboard.Iis.Emulation.Errors;

namespace WsusDashboard.Iis.Emulation.Schema;

/// <summary>Checks a section that was read. "Attribute validation is done when parsing the XML and when calling the API" (IIS_schema.xml).</summary>
/// <remarks>
/// IIS refuses attributes and elements that its schema lacks. Here they are kept and not judged: the file may come from a
/// newer IIS, whose schema has more.
/// </remarks>
internal sealed class SectionValidation(Func<XObject, string, ConfigurationFileException> damaged)
{
    // Where the content stands elsewhere or is encrypted, an empty section here would be a lie.
    private static readonly string[] ContentElsewhere = ["configSource", "configProtectionProvider"];

    /// <exception cref="ConfigurationFileException">The first mistake, with its place.</exception>
    public void Validate(XElement element, ConfigurationElementSchema schema)
    {
        if (element.Attributes().FirstOrDefault(attribute => ContentElsewhere.Contains(attribute.Name.LocalName)) is { } elsewhere)
        {
            throw damaged(elsewhere, $"Section '{element.Name.LocalName}' uses {elsewhere.Name}, which isn't supported here.");
        }

        ValidateElement(element, schema);
    }

    private void ValidateElement(XElement element, ConfigurationElementSchema schema)
    {
        foreach (var attribute in schema.AttributeSchemas)
        {
            ValidateAttribute(element, attribute);
        }

        foreach (var group in element.Elements().GroupBy(child => child.Name.LocalName))
        {
            if (schema.Child(group.Key) is { } childSchema)
            {
                if (group.ElementAtOrDefault(1) is { } second)
                {
                    throw damaged(second, $"<{element.Name.LocalName}> can have only one <{group.Key}> element.");
                }

                ValidateElement(group.First(), childSchema);
            }
            else if (schema.Entry?.Name == group.Key)
            {
                ValidateEntries(group, schema.Entry);
            }
        }
    }

    private void ValidateAttribute(XElement element, ConfigurationAttributeSchema schema)
    {
        var attribute = element.Attribute(schema.Name);
        if (attribute is null)
        {
            if (schema.IsRequired)
            {
                throw damaged(element, $"Missing required attribute '{schema.Name}' of <{element.Name.LocalName}>.");
            }
        }
        else if (schema.Rule.Parse(attribute.Value) is null)
        {
            throw damaged(attribute, $"Attribute '{schema.Name}' of <{element.Name.LocalName}> is '{attribute.Value}'. Allowed: {schema.Rule.Allowed}.");
        }
    }

    private void ValidateEntries(IEnumerable<XElement> entries, ConfigurationElementSchema schema)
    {
        var keys = schema.AttributeSchemas.Where(attribute => attribute.IsUniqueKey).ToArray();
        var seen = keys.ToDictionary(key => key.Name, _ => new HashSet<object>(KeyComparer.Instance));
        foreach (var entry in entries)
        {
            ValidateElement(entry, schema);
            foreach (var key in keys)
            {
                if (entry.Attribute(key.Name) is { } attribute && !seen[key.Name].Add(key.Rule.Parse(attribute.Value)!))
                {
                    throw damaged(attribute, $"Cannot add duplicate collection entry of type '{schema.Name}' with unique key attribute '{key.Name}' set to '{attribute.Value}'.");
                }
            }
        }
    }

    /// <summary>Keys of the schema are not case-sensitive unless it says so, and none of ours does.</summary>
    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static KeyComparer Instance { get; } = new();

        public new bool Equals(object? x, object? y) =>
            x is string left && y is string right ? string.Equals(left, right, StringComparison.OrdinalIgnoreCase) : object.Equals(x, y);

        public int GetHashCode(object obj) => obj is string text ? StringComparer.OrdinalIgnoreCase.GetHashCode(text) : obj.GetHashCode();
    }
}
