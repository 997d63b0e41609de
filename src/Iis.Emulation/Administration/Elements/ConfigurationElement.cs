using System.Runtime.InteropServices;
using System.Xml.Linq;
using WsusDashboard.Iis.Emulation.Errors;

namespace Microsoft.Web.Administration;

/// <summary>An element of the configuration: reads and writes its attributes as the schema says.</summary>
/// <remarks>A value is the element's own, else that of its defaults element (applicationPoolDefaults …), else the schema's.</remarks>
public class ConfigurationElement
{
    private readonly ElementLocation _location;

    internal ConfigurationElement(ElementLocation location) => _location = location;

    public ConfigurationElementSchema Schema => _location.Schema;

    public string ElementTagName => Schema.Name;

    /// <summary>True where the element itself stands in the file.</summary>
    public bool IsLocallyStored => Xml is not null;

    internal ConfigurationSession Session => _location.Session;

    internal XElement? Xml => _location.Xml ?? (_location.Parent?.Xml is { } parent ? parent.Element(parent.Name.Namespace + Schema.Name) : null);

    internal ConfigurationElement? Defaults => _location.Defaults;

    public object? this[string attributeName] { get => GetAttributeValue(attributeName); set => SetAttributeValue(attributeName, value); }

    /// <summary>bool → bool, uint → long, int, enum and flags → int, string → string, timeSpan → TimeSpan.</summary>
    /// <exception cref="COMException">This IIS does not know the attribute.</exception>
    public object? GetAttributeValue(string attributeName)
    {
        var schema = Known(attributeName);
        return Xml?.Attribute(attributeName) is { } attribute ? schema.Rule.Parse(attribute.Value) : Inherited(schema);
    }

    /// <summary>
    /// Gives an attribute a value. One that already applies changes nothing; one that would apply without the attribute takes
    /// the attribute out of the file; any other is written.
    /// </summary>
    /// <exception cref="COMException">The value is out of range, or this IIS does not know the attribute. Nothing is changed.</exception>
    public void SetAttributeValue(string attributeName, object? value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (_location.IsReadOnly)
        {
            throw new PlatformNotSupportedException($"<{ElementTagName}> of a location can't be changed here.");
        }

        RequireInFile();
        Session.RequireWritable();
        var schema = Known(attributeName);
        if (schema.IsEncrypted)
        {
            throw new PlatformNotSupportedException($"{Describe(attributeName)} is encrypted with a key that only the Windows server has, so it can't be set here.");
        }

        var accepted = schema.Rule.Accept(value)
            ?? throw new IisRefusedException(
                FormattableString.Invariant($"{Describe(attributeName)} can't be '{value}'. Allowed: {schema.Rule.Allowed}. Nothing was changed."),
                IisRefusedException.InvalidData);
        if (Equals(accepted, GetAttributeValue(attributeName)))
        {
            return;
        }

        if (!Equals(accepted, Inherited(schema)))
        {
            Session.Text.SetAttribute(EnsureXml(), attributeName, schema.Rule.Format(accepted), Schema.AttributeSchemas.Names);
        }
        else if (Xml is { } xml)
        {
            Session.Text.RemoveAttribute(xml, attributeName);
        }
    }

    /// <summary>A child by name, whether it stands in the file or not.</summary>
    /// <exception cref="COMException">The schema has no such child.</exception>
    public ConfigurationElement GetChildElement(string elementName) => new(ChildLocation(elementName));

    /// <summary>The entries of the element.</summary>
    /// <exception cref="COMException">The element is no collection.</exception>
    public ConfigurationElementCollection GetCollection() => Schema.Entry is null
        ? throw new IisRefusedException($"<{ElementTagName}> is no collection.", IisRefusedException.InvalidIndex)
        : new ConfigurationElementCollection(this);

    internal ElementLocation ChildLocation(string elementName)
    {
        var schema = Schema.Child(elementName)
            ?? throw new IisRefusedException($"<{ElementTagName}> has no element '{elementName}'.", IisRefusedException.InvalidIndex);
        return new ElementLocation(Session, schema, this, Defaults?.Schema.Child(elementName) is null ? null : Defaults.GetChildElement(elementName), null);
    }

    /// <summary>The element of the file, created with the file's indentation where it does not exist yet.</summary>
    internal XElement EnsureXml()
    {
        if (Xml is { } xml)
        {
            return xml;
        }

        var parent = _location.Parent!.EnsureXml();
        return Session.Text.AddChild(parent, Schema.Name, parent.Elements().LastOrDefault());
    }

    /// <summary>A change to an element that is no longer in the file would be lost silently.</summary>
    private void RequireInFile()
    {
        var element = this;
        while (element._location.Xml is null)
        {
            element = element._location.Parent!;
        }

        if (element._location is { Xml.Parent: null, Parent: not null })
        {
            throw new InvalidOperationException($"<{element.ElementTagName}> has been removed from the configuration, so it can't be changed.");
        }
    }

    /// <summary>The name of an attribute for a person, with the way to it: "Application pool 'WsusPool', recycling/periodicRestart@memory".</summary>
    private string Describe(string attributeName)
    {
        var path = "@" + attributeName;
        var element = this;
        for (; element._location.Xml is null && element._location.Parent is { } parent; element = parent)
        {
            path = (path[0] == '@' ? element.ElementTagName : element.ElementTagName + "/") + path;
        }

        return element.Xml?.Attribute("name")?.Value is { } name && element.ElementTagName == "add"
            ? $"Application pool '{name}', {path.TrimStart('@')}"
            : $"<{element.ElementTagName}> {path.TrimStart('@')}";
    }

    private object? Inherited(ConfigurationAttributeSchema schema) =>
        Defaults?.Schema.AttributeSchemas[schema.Name] is null || schema.IsUniqueKey ? schema.DefaultValue : Defaults.GetAttributeValue(schema.Name);

    private ConfigurationAttributeSchema Known(string attributeName) =>
        Schema.AttributeSchemas[attributeName]
        ?? throw new IisRefusedException($"<{ElementTagName}> has no attribute '{attributeName}' in this version of IIS.", IisRefusedException.InvalidIndex);
}
