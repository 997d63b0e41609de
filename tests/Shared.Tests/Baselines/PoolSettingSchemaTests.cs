using System.Globalization;
using System.Xml.Linq;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Baselines;

/// <summary>Ranges and defaults against the real schema of IIS, where it lies beside the project.</summary>
public sealed class PoolSettingSchemaTests
{
    public static TheoryData<string> Keys => [.. PoolSettingCatalog.All.Select(definition => definition.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Definition_OfEachSetting_HasTheRangeOfTheSchema(string key)
    {
        var definition = PoolSettingCatalog.Find(key)!;
        var attribute = Attribute(definition.Attribute);

        foreach (var (value, isAllowed) in Samples(attribute))
        {
            Assert.True(definition.Validate(value) is null == isAllowed, $"{key} = {value}: the schema {(isAllowed ? "allows" : "refuses")} it.");
        }
    }

    /// <summary>Without the version of .NET: the schema's is empty, WSUS and IIS Manager make pools with v4.0, and so does the record.</summary>
    public static TheoryData<string> KeysWithDefault => [.. PoolSettingCatalog.All.Select(definition => definition.Key).Where(key => key != SettingKeys.ManagedRuntimeVersion)];

    [Theory]
    [MemberData(nameof(KeysWithDefault))]
    public void PoolSettings_Default_IsThatOfTheSchema(string key)
    {
        var definition = PoolSettingCatalog.Find(key)!;
        var text = Attribute(definition.Attribute).Attribute("defaultValue")!.Value;
        var expected = TimeSpan.TryParseExact(text, ["hh\\:mm\\:ss"], CultureInfo.InvariantCulture, out var span) ? Minutes(span)
            : text == "29:00:00" ? Minutes(TimeSpan.FromHours(29)) : text;

        Assert.True(definition.AreEqual(expected, definition.Read(new PoolSettings())), $"{key}: {text}");
    }

    private static IEnumerable<(string Value, bool IsAllowed)> Samples(XElement attribute)
    {
        if (attribute.Elements("enum").ToList() is { Count: > 0 } choices)
        {
            return [.. choices.Select(choice => (choice.Attribute("name")!.Value, true)), ("Sometimes", false)];
        }

        var range = attribute.Attribute("validationParameter")?.Value.Split(',').Select(part => long.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return (attribute.Attribute("type")!.Value, range) switch
        {
            ("bool", _) => [("true", true), ("false", true), ("2", false)],
            ("uint", { } bounds) => [(Text(bounds[0]), true), (Text(bounds[0] - 1), false), (Text(bounds[1]), true), (Text(bounds[1] + 1), false)],
            ("uint", _) => [("0", true), ("-1", false), (Text(uint.MaxValue), true), (Text(uint.MaxValue + 1L), false)],
            ("timeSpan", { } bounds) => [(Text(bounds[0] / bounds[2]), true), (Text((bounds[0] / bounds[2]) - 1), false), (Text(bounds[1] / bounds[2]), true), (Text((bounds[1] / bounds[2]) + 1), false)],
            _ => [],
        };
    }

    private static string Minutes(TimeSpan span) => Text((long)span.TotalMinutes);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static XElement Attribute(string path)
    {
        var parts = path.Split('/');
        var element = XDocument.Load(SharedMaterial.Find("IIS_schema.xml")).Descendants("sectionSchema").Single(section => section.Attribute("name")!.Value == "system.applicationHost/applicationPools").Element("collection")!;
        foreach (var part in parts[..^1])
        {
            element = element.Elements("element").Single(child => child.Attribute("name")!.Value == part);
        }

        return element.Elements("attribute").Single(attribute => attribute.Attribute("name")!.Value == parts[^1].TrimStart('@'));
    }
}
