using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Baselines;

public sealed class BaselineComparerTests
{
    public static TheoryData<string> BaselineIds => [.. BaselineCatalog.All.Select(baseline => baseline.Id)];

    [Theory]
    [InlineData(25000, false)]
    [InlineData(2000, false)]
    [InlineData(1999, true)]
    [InlineData(1000, true)]
    public void Compare_QueueLengthWithMicrosoft_DriftsBelow2000Only(long queueLength, bool isDrifted)
    {
        var comparison = Single(new PoolSettings { QueueLength = queueLength }, BaselineCatalog.Microsoft, SettingKeys.QueueLength);

        Assert.Equal(isDrifted, comparison.IsDrifted);
        Assert.Equal(isDrifted ? "2000" : comparison.Current, comparison.Target);
    }

    [Fact]
    public void Compare_DefaultPoolWithGuide_FindsWhatTheGuideChanges()
    {
        var settings = new PoolSettings { PrivateMemoryKilobytes = 1_843_200 };

        var drifted = BaselineComparer.Compare(settings, BaselineCatalog.Guide).Where(comparison => comparison.IsDrifted).Select(comparison => comparison.Setting);

        Assert.Equal([SettingKeys.Enable32BitAppOnWin64, SettingKeys.QueueLength, SettingKeys.PrivateMemory, SettingKeys.IdleTimeout, SettingKeys.LoadUserProfile], drifted);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(4_194_304, false)]
    [InlineData(1_843_200, true)]
    public void Compare_AtLeastWhereZeroMeansNoLimit_IsSatisfiedByZero(long kilobytes, bool isDrifted)
    {
        var baseline = Custom(SettingKeys.PrivateMemory, SettingOperator.AtLeast, "4000000");

        Assert.Equal(isDrifted, Single(new PoolSettings { PrivateMemoryKilobytes = kilobytes }, baseline, SettingKeys.PrivateMemory).IsDrifted);
    }

    [Theory]
    [InlineData("NetworkService", false)]
    [InlineData("networkservice", false)]
    [InlineData("LocalSystem", true)]
    public void Compare_OneOf_AcceptsEachOfThemInAnyCase(string identity, bool isDrifted)
    {
        var baseline = Custom(SettingKeys.IdentityType, SettingOperator.OneOf, "NetworkService", "ApplicationPoolIdentity");

        Assert.Equal(isDrifted, Single(new PoolSettings { IdentityType = identity }, baseline, SettingKeys.IdentityType).IsDrifted);
    }

    [Fact]
    public void Compare_SettingThatThisBuildDoesNotKnow_IsPassedOver() =>
        Assert.Empty(BaselineComparer.Compare(new PoolSettings(), Custom("gravity", SettingOperator.Equal, "9.81")));

    [Theory]
    [MemberData(nameof(BaselineIds))]
    public void Apply_AnyBaseline_LeavesNoDriftAndIsStable(string id)
    {
        var baseline = BaselineCatalog.Find(id)!;
        var settings = new PoolSettings { PrivateMemoryKilobytes = 1_843_200, VirtualMemoryKilobytes = 5, ManagedPipelineMode = "Classic" };

        var applied = BaselineComparer.Apply(settings, baseline);

        Assert.DoesNotContain(BaselineComparer.Compare(applied, baseline), comparison => comparison.IsDrifted);
        Assert.Equal(applied, BaselineComparer.Apply(applied, baseline));
    }

    [Theory]
    [MemberData(nameof(BaselineIds))]
    public void Catalog_EachRecommendation_IsAValidValueWithReasonAndSource(string id)
    {
        var baseline = BaselineCatalog.Find(id.ToUpperInvariant())!;

        Assert.All(baseline.Settings, setting =>
        {
            var definition = PoolSettingCatalog.Find(setting.Setting);
            Assert.NotNull(definition);
            Assert.All(setting.Values, value => Assert.Null(definition.Validate(value)));
            Assert.NotEmpty(setting.Reason);
            Assert.NotEmpty(setting.Source);
        });
        Assert.Equal(baseline.Settings.Count, baseline.Settings.Select(setting => setting.Setting).Distinct().Count());
    }

    private static SettingComparison Single(PoolSettings settings, Baseline baseline, string key) =>
        BaselineComparer.Compare(settings, baseline).Single(comparison => comparison.Setting == key);

    private static Baseline Custom(string setting, SettingOperator settingOperator, params string[] values) => new()
    {
        Id = "custom",
        Name = "Custom",
        Description = "",
        Source = "test",
        Settings = [new BaselineSetting { Setting = setting, Operator = settingOperator, Values = values, Reason = "test", Source = "test" }],
    };
}
