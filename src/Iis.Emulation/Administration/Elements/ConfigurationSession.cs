using System.Xml;
using System.Xml.Linq;
using WsusDashboard.Iis.Emulation.Errors;
using WsusDashboard.Iis.Emulation.Schema;
using WsusDashboard.Iis.Emulation.Storage;
using WsusDashboard.Iis.Emulation.Text;

namespace Microsoft.Web.Administration;

/// <summary>One reading of a configuration file and the changes made to it until they are committed. Not for several threads, like the real API.</summary>
internal sealed class ConfigurationSession
{
    private readonly ConfigurationFile _file;
    private readonly byte[] _bytes;
    private readonly EncodedText _encoded;
    private string? _whyReadOnly;

    /// <exception cref="ConfigurationFileException">The file is damaged.</exception>
    public ConfigurationSession(string path, bool readOnly, WriterOptions options)
    {
        Path = path;
        _file = new ConfigurationFile(path, options);
        (_bytes, _encoded, Text) = _file.Read();
        _whyReadOnly = readOnly ? "The configuration object is read only, because its ServerManager was opened read-only." : null;
    }

    public string Path { get; }

    public XmlFileText Text { get; }

    /// <exception cref="InvalidOperationException">Read-only, or committed already; the text of the second is the real API's.</exception>
    public void RequireWritable()
    {
        if (_whyReadOnly is not null)
        {
            throw new InvalidOperationException(_whyReadOnly);
        }
    }

    public void Commit()
    {
        RequireWritable();
        var text = Text.ToString();
        if (text != _encoded.Text)
        {
            _file.Replace(_bytes, Text, _encoded with { Text = text });
        }

        _whyReadOnly = "The configuration object is read only, because it has been committed by a call to ServerManager.CommitChanges(). "
            + "If write access is required, use ServerManager to get a new reference.";
    }

    /// <summary>A section of system.applicationHost, whether it stands in the file or not.</summary>
    /// <exception cref="ConfigurationFileException">The section is damaged.</exception>
    public ConfigurationElement Section(ConfigurationElementSchema schema) => new(Locate("system.applicationHost", schema));

    /// <summary>Where a section of a group ("system.webServer/security") stands, whether it is in the file or not.</summary>
    /// <exception cref="ConfigurationFileException">The section is damaged.</exception>
    public ElementLocation Locate(string groupPath, ConfigurationElementSchema schema)
    {
        var root = RequireRoot();
        switch (FindSections([root], groupPath, schema).Take(2).ToArray())
        {
            case [_, var second]:
                throw Damaged(second, $"There is a duplicate '{schema.Name}' section defined.");
            case [var section]:
                new SectionValidation(Damaged).Validate(section, schema);
                return new ElementLocation(this, schema, null, null, section);
            default:
                var group = new ConfigurationElement(new ElementLocation(this, new ConfigurationElementSchema(root.Name.LocalName), null, null, root));
                foreach (var name in groupPath.Split('/'))
                {
                    group = new ConfigurationElement(new ElementLocation(this, new ConfigurationElementSchema(name), group, null, null));
                }

                return new ElementLocation(this, schema, group, null, null);
        }
    }

    /// <summary>The section that the location elements of one place have; where none has it, only what applies around it counts.</summary>
    /// <exception cref="ConfigurationFileException">The section is damaged.</exception>
    public ElementLocation LocateAt(string place, string groupPath, ConfigurationElementSchema schema, ConfigurationElement around)
    {
        var root = RequireRoot();
        var locations = root.Elements(root.Name.Namespace + "location").Where(location => string.Equals(location.Attribute("path")?.Value.Trim('/'), place, StringComparison.OrdinalIgnoreCase));
        var section = FindSections(locations, groupPath, schema).LastOrDefault();
        if (section is not null)
        {
            new SectionValidation(Damaged).Validate(section, schema);
        }

        return new ElementLocation(this, schema, null, around, section) { IsReadOnly = true };
    }

    private static IEnumerable<XElement> FindSections(IEnumerable<XElement> parents, string groupPath, ConfigurationElementSchema schema)
    {
        foreach (var name in groupPath.Split('/'))
        {
            parents = Children(parents, name);
        }

        return Children(parents, schema.Name);
    }

    private static IEnumerable<XElement> Children(IEnumerable<XElement> parents, string name) => parents.SelectMany(parent => parent.Elements(parent.Name.Namespace + name));

    private XElement RequireRoot()
    {
        var root = Text.Root;
        return root.Name.LocalName == "configuration"
            ? root
            : throw Damaged(root, $"This isn't an IIS configuration file: its root element is <{root.Name.LocalName}>, not <configuration>.");
    }

    /// <summary>The place of an element is that of its "&lt;", the place of an attribute that of its name.</summary>
    private ConfigurationFileException Damaged(XObject where, string error)
    {
        var line = (IXmlLineInfo)where;
        return new ConfigurationFileException(Path, line.LineNumber, where is XElement ? line.LinePosition - 1 : line.LinePosition, error);
    }
}
