using CsCheck;
using Microsoft.Web.Administration;
using WsusDashboard.Iis.Emulation.Schema;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>Any settings on any pools: they are read back as set, the rest of the file stays, and undo is complete.</summary>
public sealed class RandomSettingsTests
{
    private const string SectionStart = "<applicationPools>";
    private const string SectionEnd = "</applicationPools>";

    [Fact]
    public void CommitChanges_AnySettings_AreReadBackAndTheRestOfTheFileStays()
    {
        using var folder = ConfigurationFolder.OfIisExpress();
        var before = folder.Bytes;
        SettingsOf(folder).Sample(
            settings =>
            {
                File.WriteAllBytes(folder.ConfigPath, before);
                var untouched = ReadAll(folder).Where(entry => !settings.Exists(setting => setting.Key == entry.Key)).ToArray();

                folder.Change(manager => settings.ForEach(setting => setting.Apply(manager)));

                var after = ReadAll(folder);
                Assert.All(settings.GroupBy(setting => setting.Key), group => Assert.Equal(group.Last().Value, after[group.Key]));
                Assert.All(untouched, entry => Assert.Equal(entry.Value, after[entry.Key]));
                Assert.Equal(OutsidePools(System.Text.Encoding.UTF8.GetString(before)), OutsidePools(folder.Text));
            },
            iter: 150,
            threads: 1);
    }

    [Fact]
    public void CommitChanges_AnySettingsThenUndo_GivesTheOriginalBytes()
    {
        // Elements that are there already stay; only attributes come and go. What they are at first is random too.
        const string Skeleton = """
            <add name="Pool"><!-- a note -->
                            <processModel   /> <!-- of the worker -->

                            <recycling>
                                <periodicRestart/>
                            </recycling>
                            <failure></failure><cpu />
                        </add>
            """;
        using var folder = ConfigurationFolder.WithPools(Skeleton);
        var skeleton = folder.Bytes;
        Gen.Select(SettingsOf(folder), SettingsOf(folder)).Sample(
            (initial, settings) =>
            {
                File.WriteAllBytes(folder.ConfigPath, skeleton);
                folder.Change(manager => initial.ForEach(setting => setting.Apply(manager)));
                var before = folder.Bytes;
                var saved = ReadAll(folder);

                folder.Change(manager => settings.ForEach(setting => setting.Apply(manager)));
                folder.Change(manager => settings.ForEach(setting => (setting with { Value = saved[setting.Key] }).Apply(manager)));

                Assert.Equal(before, folder.Bytes);
            },
            iter: 150,
            threads: 1);
    }

    private static Gen<List<Setting>> SettingsOf(ConfigurationFolder folder)
    {
        using var manager = folder.Open();
        var one = Gen.OneOf([.. manager.ApplicationPools.SelectMany(pool => PoolAttributes.Of(pool)
            .Select(pair => ValueOf(pair.Attribute).Select(value => new Setting(pool.Name, PathOf(pool, pair.Element), pair.Attribute.Name, value))))]);
        return one.List[1, 20];
    }

    private static Gen<object> ValueOf(ConfigurationAttributeSchema attribute)
    {
        var (minimum, maximum, granularity) = PoolAttributes.Range(attribute);
        return attribute.Rule switch
        {
            BooleanRule => Gen.Bool.Select(value => (object)value),
            IntegerRule when attribute.Type == "int" => Gen.Int[(int)minimum, (int)maximum].Select(value => (object)value),
            IntegerRule => Gen.Long[(long)minimum, (long)maximum].Select(value => (object)value),
            DurationRule => Gen.Long[(long)Math.Ceiling(minimum / granularity), (long)(maximum / granularity)].Select(steps => (object)TimeSpan.FromSeconds(steps * granularity)),
            EnumerationRule rule => Gen.Int[0, rule.Names.Count - 1].Select(index => (object)rule.Names[index].Value),
            FlagsRule rule => Gen.Int[0, rule.Names.Sum(name => name.Value)].Select(value => (object)value),
            _ => Gen.Char["abc %\\\"'&<>\t\r\nß漢"].Array[0, 12].Select(characters => (object)new string(characters)),
        };
    }

    private static string PathOf(ApplicationPool pool, ConfigurationElement element) =>
        element.ElementTagName == "add" ? ""
        : pool.Schema.Children.Any(child => child.Name == element.ElementTagName) ? element.ElementTagName
        : "recycling/" + element.ElementTagName;

    private static Dictionary<string, object?> ReadAll(ConfigurationFolder folder)
    {
        using var manager = folder.Open();
        return manager.ApplicationPools
            .SelectMany(pool => PoolAttributes.Of(pool).Select(pair => (Key: new Setting(pool.Name, PathOf(pool, pair.Element), pair.Attribute.Name, null).Key, Value: pair.Element[pair.Attribute.Name])))
            .ToDictionary(entry => entry.Key, entry => entry.Value);
    }

    private static (string, string) OutsidePools(string text) =>
        (text[..text.LastIndexOf(SectionStart, StringComparison.Ordinal)], text[text.LastIndexOf(SectionEnd, StringComparison.Ordinal)..]);

    private sealed record Setting(string Pool, string Path, string Attribute, object? Value)
    {
        public string Key => $"{Pool}/{Path}@{Attribute}";

        public void Apply(ServerManager manager)
        {
            ConfigurationElement element = manager.ApplicationPools[Pool]!;
            foreach (var name in Path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                element = element.GetChildElement(name);
            }

            element[Attribute] = Value;
        }
    }
}
