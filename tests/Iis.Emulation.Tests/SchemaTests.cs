using System.Globalization;
using System.Xml.Linq;
using Microsoft.Web.Administration;
using WsusDashboard.Iis.Emulation.Schema;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>Our tables against the schema file of IIS 10, attribute by attribute.</summary>
public sealed class SchemaTests
{
    [Fact]
    public void PoolSchema_EveryAttributeOfTheSection_EqualsTheSchemaOfIis()
    {
        var section = Section("system.applicationHost/applicationPools");

        Assert.Equal("applicationPoolDefaults", (string?)section.Element("collection")!.Attribute("defaultElement"));
        var compared = CompareElement(section.Element("collection")!, PoolSchema.Pool, isComplete: true)
            + CompareElement(section.Element("element")!, PoolSchema.Defaults, isComplete: true);
        Assert.Equal(section.Descendants("attribute").Count(), compared);
    }

    [Fact]
    public void SiteSchema_AttributesThatAreRead_EqualTheSchemaOfIis()
    {
        var section = Section("system.applicationHost/sites");
        var site = section.Element("collection")!;
        var application = site.Element("collection")!;

        CompareElement(site, SiteSchema.Site, isComplete: false);
        CompareElement(application, SiteSchema.Application, isComplete: false);
        CompareElement(application.Element("collection")!, SiteSchema.VirtualDirectory, isComplete: false);
        CompareElement(Child(site, "logFile"), SiteSchema.LogFile, isComplete: false);
        CompareElement(Child(section, "siteDefaults"), SiteSchema.SiteDefaults, isComplete: false);
        CompareElement(Child(section, "applicationDefaults"), SiteSchema.ApplicationDefaults, isComplete: false);
    }

    [Fact]
    public void CompressionSchema_AttributesThatAreRead_EqualTheSchemaOfIis()
    {
        var expected = Section(CompressionSchema.Path).Element("collection")!;
        var scheme = CompressionSchema.Section.Entry!;
        var known = expected.Elements("attribute").ToDictionary(attribute => (string)attribute.Attribute("name")!);

        Assert.Equal((string?)expected.Attribute("addElement"), scheme.Name);
        Assert.Equal((string?)expected.Attribute("clearElement"), CompressionSchema.Section.ClearElement);
        Assert.All(scheme.AttributeSchemas.Where(attribute => known.ContainsKey(attribute.Name)), attribute => CompareAttribute(known[attribute.Name], attribute));

        // The one attribute that guides tell people to write and this schema lacks.
        Assert.Equal(["preCondition"], scheme.AttributeSchemas.Names.Except(known.Keys));
    }

    [Fact]
    public void StaticContentSchema_AttributesThatAreRead_EqualTheSchemaOfIis()
    {
        var expected = Section(StaticContentSchema.Path).Element("collection")!;

        Assert.Equal((string?)expected.Attribute("addElement"), StaticContentSchema.Section.Entry!.Name);
        Assert.Equal((string?)expected.Attribute("clearElement"), StaticContentSchema.Section.ClearElement);
        CompareElement(expected, StaticContentSchema.Section.Entry!, isComplete: true);
    }

    [Fact]
    public void SecuritySchema_AttributesThatAreRead_EqualTheSchemaOfIis()
    {
        CompareElement(Section(SecuritySchema.AccessPath), SecuritySchema.Access, isComplete: false);
        CompareElement(Section(SecuritySchema.AddressPath), SecuritySchema.Address, isComplete: false);
    }

    [Fact]
    public void GetAttributeValue_PoolThatSaysNothing_GivesTheDefaultOfTheSchema()
    {
        var section = Section("system.applicationHost/applicationPools");
        using var folder = ConfigurationFolder.WithPools("<add name=\"Empty\" />");
        using var manager = folder.Open();

        var compared = CompareDefaults(section.Element("collection")!, manager.ApplicationPools["Empty"]!);

        Assert.Equal(section.Element("collection")!.Descendants("attribute").Count(attribute => attribute.Parent!.Name != "collection" || attribute.Parent.Parent!.Name == "sectionSchema") - 1, compared);
    }

    private static XElement Section(string name) =>
        XDocument.Load(SharedMaterial.Find("IIS_schema.xml")).Root!.Elements("sectionSchema").Single(section => (string?)section.Attribute("name") == name);

    private static XElement Child(XElement element, string name) => element.Elements("element").Single(child => (string?)child.Attribute("name") == name);

    private static int CompareElement(XElement expected, ConfigurationElementSchema actual, bool isComplete)
    {
        var attributes = expected.Elements("attribute").ToArray();
        if (isComplete)
        {
            Assert.Equal(attributes.Select(attribute => (string?)attribute.Attribute("name")), actual.AttributeSchemas.Select(attribute => attribute.Name));
            Assert.Equal(expected.Elements("element").Select(child => (string?)child.Attribute("name")), actual.Children.Select(child => child.Name));
        }

        foreach (var attribute in actual.AttributeSchemas)
        {
            CompareAttribute(attributes.Single(candidate => (string?)candidate.Attribute("name") == attribute.Name), attribute);
        }

        var compared = actual.AttributeSchemas.Count + actual.Children.Sum(child => CompareElement(Child(expected, child.Name), child, isComplete));
        if (expected.Name == "element" && expected.Element("collection") is { } collection && actual.Entry is { } entry)
        {
            Assert.Equal((string?)collection.Attribute("addElement"), entry.Name);
            Assert.Equal((string?)collection.Attribute("clearElement"), actual.ClearElement);
            compared += CompareElement(collection, entry, isComplete);
        }

        return compared;
    }

    private static void CompareAttribute(XElement expected, ConfigurationAttributeSchema actual)
    {
        var where = expected.ToString();
        Assert.True((string?)expected.Attribute("type") == actual.Type, where);
        Assert.True((string?)expected.Attribute("defaultValue") == actual.DefaultText, where);
        Assert.True(actual.DefaultText is null || actual.DefaultValue is not null, where);
        Assert.True(((string?)expected.Attribute("validationType") ?? "") == actual.ValidationType, where);
        Assert.True(((string?)expected.Attribute("validationParameter") ?? "") == actual.ValidationParameter, where);
        Assert.True(Flag("required") == actual.IsRequired, where);
        Assert.True(Flag("isUniqueKey") == actual.IsUniqueKey, where);
        Assert.True(Flag("encrypted") == actual.IsEncrypted, where);
        Assert.True(Flag("expanded") == actual.IsExpanded, where);
        Assert.True(Flag("caseSensitive") == actual.IsCaseSensitive, where);
        var names = actual.Rule switch
        {
            EnumerationRule rule => rule.Names,
            FlagsRule rule => rule.Names,
            _ => [],
        };
        Assert.Equal(
            expected.Elements().Select(name => ((string)name.Attribute("name")!, (int)name.Attribute("value")!)),
            names);

        bool Flag(string name) => (bool?)expected.Attribute(name) ?? false;
    }

    private static int CompareDefaults(XElement expected, ConfigurationElement actual)
    {
        var compared = 0;
        foreach (var attribute in expected.Elements("attribute").Where(attribute => (string?)attribute.Attribute("name") != "name"))
        {
            Assert.Equal(Meaning(attribute), actual.GetAttributeValue((string)attribute.Attribute("name")!));
            compared++;
        }

        return compared + expected.Elements("element").Where(child => child.Element("collection") is null)
            .Sum(child => CompareDefaults(child, actual.GetChildElement((string)child.Attribute("name")!)));
    }

    /// <summary>The default as the API gives it, worked out here from the schema file alone.</summary>
    private static object Meaning(XElement attribute)
    {
        var text = (string?)attribute.Attribute("defaultValue") ?? "";
        return (string)attribute.Attribute("type")! switch
        {
            "bool" => text == "true",
            "uint" => long.Parse(text, CultureInfo.InvariantCulture),
            "int" => int.Parse(text, CultureInfo.InvariantCulture),
            "timeSpan" => text.Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray() is [var hours, var minutes, var seconds]
                ? new TimeSpan(hours, minutes, seconds)
                : throw new FormatException(text),
            "enum" or "flags" => text.Split(", ").Sum(name => (int)attribute.Elements().Single(member => (string?)member.Attribute("name") == name).Attribute("value")!),
            _ => text,
        };
    }
}
