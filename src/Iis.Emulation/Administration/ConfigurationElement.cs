using System.Runtime.InteropServices;
using WsusDashboard.Iis.Emulation;
using WsusDashboard.Iis.Emulation.Storage;
using WsusDashboard.Iis.Emulation.Text;

namespace Microsoft.Web.Administration;

/// <summary>An element of the configuration: reads and writes its attributes as the schema says.</summary>
/// <remarks>A value is the element's own, else that of its defaults element (applicationPoolDefaults …), else the schema's.</remarks>
public class ConfigurationElement
{
    private readonly ElementPlace _place;

    internal ConfigurationElement(ElementPlace place) => _place = place;

    public ConfigurationElementSchema Schema => _place.Schema;

    public string ElementTagName => Schema.Name;

    /// <summary>True where the element itself stands in the file.</summary>
    public bool IsLocallyStored => Text is not null;

    internal ConfigurationSession Session => _place.Session;

    internal XmlTextElement? Text => _place.Text ?? _place.Parent?.Text?.Child(Schema.Name);

    internal ConfigurationElement? Defaults => _place.Defaults;

    public object? this[string attributeName]
    {
        get => GetAttributeValue(attributeName);
        set => SetAttributeValue(attributeName, value);
    }

    /// <summary>bool → bool, uint → long, int, enum and flags → int, string → string, timeSpan → TimeSpan.</summary>
    /// <exception cref="COMException">This IIS does not know the attribute.</exception>
    public object? GetAttributeValue(string attributeName)
    {
        var schema = Known(attributeName);
        return Text?.Attribute(attributeName) is { } attribute ? schema.Rule.Parse(attribute.Value) : Inherited(schema);
    }

    /// <summary>
    /// Gives an attribute a value. One that already applies changes nothing; one that would apply without the attribute takes
    /// the attribute out of the file; any other is written.
    /// </summary>
    /// <exception cref="COMException">The value is out of range, or this IIS does not know the attribute. Nothing is changed.</exception>
    public void SetAttributeValue(string attributeName, object? value)
    {
        ArgumentNullException.ThrowIfNull(value);
        RequireInFile();
        Session.RequireWritable();
        var schema = Known(attributeName);
        if (schema.IsEncrypted)
        {
            throw new PlatformNotSupportedException($"{Describe(attributeName)} is kept encrypted with a key of the Windows server; without that key it cannot be set.");
        }

        var accepted = schema.Rule.Accept(value)
            ?? throw new IisRefusedException(
                FormattableString.Invariant($"{Describe(attributeName)} cannot be '{value}': allowed is {schema.Rule.Allowed}. Nothing was changed."),
                IisRefusedException.InvalidData);
        if (Equals(accepted, GetAttributeValue(attributeName)))
        {
            return;
        }

        if (Equals(accepted, Inherited(schema)))
        {
            Text?.RemoveAttribute(attributeName);
        }
        else
        {
            EnsureText().SetAttribute(attributeName, schema.Rule.Format(accepted), Schema.AttributeSchemas.Names);
        }
    }

    /// <summary>A child by name, whether it stands in the file or not.</summary>
    /// <exception cref="COMException">The schema has no such child.</exception>
    public ConfigurationElement GetChildElement(string elementName) => new(ChildPlace(elementName));

    internal ElementPlace ChildPlace(string elementName)
    {
        var schema = Schema.Child(elementName)
            ?? throw new IisRefusedException($"<{ElementTagName}> has no element '{elementName}'.", IisRefusedException.InvalidIndex);
        return new ElementPlace(Session, schema, this, Defaults?.Schema.Child(elementName) is null ? null : Defaults.GetChildElement(elementName), null);
    }

    /// <summary>The element's text, created with the file's indentation where it does not exist yet.</summary>
    internal XmlTextElement EnsureText()
    {
        if (Text is { } text)
        {
            return text;
        }

        var parent = _place.Parent!.EnsureText();
        return parent.AddChild(Schema.Name, parent.Children.LastOrDefault());
    }

    /// <summary>A change to what is no longer in the file would be lost without a word.</summary>
    private void RequireInFile()
    {
        var element = this;
        while (element._place.Text is null)
        {
            element = element._place.Parent!;
        }

        if (element._place is { Text.Parent: null, Parent: not null })
        {
            throw new InvalidOperationException($"<{element.ElementTagName}> has been removed from the configuration; it cannot be changed.");
        }
    }

    /// <summary>The name of an attribute for a person, with the way to it: "Application pool 'WsusPool', recycling/periodicRestart@memory".</summary>
    private string Describe(string attributeName)
    {
        var path = "@" + attributeName;
        var element = this;
        for (; element._place.Text is null && element._place.Parent is { } parent; element = parent)
        {
            path = (path[0] == '@' ? element.ElementTagName : element.ElementTagName + "/") + path;
        }

        return element.Text?.Attribute("name")?.Value is { } name && element.ElementTagName == "add"
            ? $"Application pool '{name}', {path.TrimStart('@')}"
            : $"<{element.ElementTagName}> {path.TrimStart('@')}";
    }

    private object? Inherited(ConfigurationAttributeSchema schema) =>
        Defaults?.Schema.AttributeSchemas[schema.Name] is null || schema.IsUniqueKey ? schema.DefaultValue : Defaults.GetAttributeValue(schema.Name);

    private ConfigurationAttributeSchema Known(string attributeName) =>
        Schema.AttributeSchemas[attributeName]
        ?? throw new IisRefusedException($"<{ElementTagName}> has no attribute '{attributeName}' in this version of IIS.", IisRefusedException.InvalidIndex);
}
