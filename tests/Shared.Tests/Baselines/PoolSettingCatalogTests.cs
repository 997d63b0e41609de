using CsCheck;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Tests.Contract;

namespace WsusDashboard.Shared.Tests.Baselines;

public sealed class PoolSettingCatalogTests
{
    public static TheoryData<string> Keys => [.. PoolSettingCatalog.All.Select(definition => definition.Key)];

    [Fact]
    public void All_EverySettingOfAPool_IsThereOnce()
    {
        var properties = typeof(PoolSettings).GetProperties().Count(property => property.CanWrite);

        Assert.Equal(properties, PoolSettingCatalog.All.Count);
        Assert.Equal(properties, PoolSettingCatalog.All.Select(definition => definition.Key).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void ReadThenWith_AnySettings_GivesTheSameSettings() =>
        RecordGenerator.For(typeof(PoolSettings)).Sample(value =>
        {
            var settings = (PoolSettings)value!;

            var copy = PoolSettingCatalog.All.Aggregate(new PoolSettings(), (result, definition) => definition.With(result, definition.Read(settings)));

            Assert.Equal(settings, copy);
        });

    [Theory]
    [MemberData(nameof(Keys))]
    public void Find_KeyInAnyCase_GivesTheSetting(string key) => Assert.Equal(key, PoolSettingCatalog.Find(key.ToUpperInvariant())?.Key);

    [Theory]
    [MemberData(nameof(Keys))]
    public void Validate_DefaultValue_IsAllowed(string key)
    {
        var definition = PoolSettingCatalog.Find(key)!;

        Assert.Null(definition.Validate(definition.Read(new PoolSettings())));
    }

    [Theory]
    [InlineData(SettingKeys.QueueLength, "9", "10 to 65535")]
    [InlineData(SettingKeys.QueueLength, "65536", "10 to 65535")]
    [InlineData(SettingKeys.QueueLength, "1e3", "10 to 65535")]
    [InlineData(SettingKeys.QueueLength, "", "10 to 65535")]
    [InlineData(SettingKeys.PrivateMemory, "4294967296", "0 to 4294967295")]
    [InlineData(SettingKeys.IdleTimeout, "43201", "0 to 43200")]
    [InlineData(SettingKeys.IdleTimeout, "0.5", "whole minutes")]
    [InlineData(SettingKeys.CpuResetInterval, "1441", "0 to 1440")]
    [InlineData(SettingKeys.Enable32BitAppOnWin64, "yes", "true or false")]
    [InlineData(SettingKeys.StartMode, "Never", "OnDemand or AlwaysRunning")]
    [InlineData(SettingKeys.ManagedRuntimeVersion, "v5.0", "v4.0, v2.0 or No managed code")]
    public void Validate_ValueThatIisRefuses_NamesSettingValueAndWhatIsAllowed(string key, string value, string allowed)
    {
        var error = PoolSettingCatalog.Find(key)!.Validate(value);

        Assert.NotNull(error);
        Assert.Contains(key, error, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", error, StringComparison.Ordinal);
        Assert.Contains(allowed, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SettingKeys.PrivateMemory, "1843200", "1.8 GB")]
    [InlineData(SettingKeys.PrivateMemory, "0", "no limit")]
    [InlineData(SettingKeys.IdleTimeout, "20", "20 min")]
    [InlineData(SettingKeys.IdleTimeout, "0", "never")]
    [InlineData(SettingKeys.RegularRestartInterval, "1740", "29 h")]
    [InlineData(SettingKeys.QueueLength, "30000", "30,000")]
    [InlineData(SettingKeys.LoadUserProfile, "true", "True")]
    [InlineData(SettingKeys.ManagedRuntimeVersion, "", "No managed code")]
    [InlineData(SettingKeys.QueueLength, "many", "many")]
    public void Describe_Value_IsWhatAPersonSays(string key, string value, string expected) => Assert.Equal(expected, PoolSettingCatalog.Find(key)!.Describe(value));

    [Theory]
    [InlineData(SettingKeys.QueueLength, "many")]
    [InlineData(SettingKeys.IdleTimeout, "soon")]
    [InlineData(SettingKeys.AutoStart, "1")]
    public void With_TextThatIsNoValue_Throws(string key, string value) =>
        Assert.Throws<ArgumentException>(() => PoolSettingCatalog.Find(key)!.With(new PoolSettings(), value));

    [Fact]
    public void Read_HalfAMinute_IsAFractionOfMinutes()
    {
        var definition = PoolSettingCatalog.Find(SettingKeys.IdleTimeout)!;

        Assert.Equal("1.5", definition.Read(new PoolSettings { IdleTimeout = TimeSpan.FromSeconds(90) }));
        Assert.Equal(TimeSpan.FromSeconds(90), definition.With(new PoolSettings(), "1.5").IdleTimeout);
    }

    [Theory]
    [InlineData(SettingKeys.QueueLength, PoolSettingGroup.General)]
    [InlineData(SettingKeys.AutoStart, PoolSettingGroup.General)]
    [InlineData(SettingKeys.CpuResetInterval, PoolSettingGroup.Cpu)]
    [InlineData(SettingKeys.IdentityType, PoolSettingGroup.ProcessModel)]
    [InlineData(SettingKeys.IdleTimeout, PoolSettingGroup.ProcessModel)]
    [InlineData(SettingKeys.RapidFailProtectionMaxCrashes, PoolSettingGroup.RapidFailProtection)]
    [InlineData(SettingKeys.LoadBalancerCapabilities, PoolSettingGroup.RapidFailProtection)]
    [InlineData(SettingKeys.PrivateMemory, PoolSettingGroup.Recycling)]
    public void Group_IsThatOfIisManager(string key, PoolSettingGroup expected) => Assert.Equal(expected, PoolSettingCatalog.Find(key)!.Group);

    [Fact]
    public void Group_EachHasASetting() => Assert.Equal(Enum.GetValues<PoolSettingGroup>(), PoolSettingCatalog.All.Select(setting => setting.Group).Distinct().Order());
}
