using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Tests.Rules;

namespace WsusDashboard.Shared.Tests.Baselines;

/// <summary>Which recommended values a server may not bear, and what is right for it instead.</summary>
public sealed class RiskySettingsTests
{
    private const string Bitness = SettingKeys.Enable32BitAppOnWin64;
    private const long Gigabyte = 1024 * 1024;

    private static PoolSettings Is64Bit => new() { PrivateMemoryKilobytes = 1_843_200 };

    private static PoolSettings Is32Bit => Is64Bit with { Enable32BitAppOnWin64 = true };

    private static CompressionScheme Scheme(LibraryBitness for32Bit, string preCondition = "") => TestServer.Library with { BitnessFor32BitWorker = for32Bit, PreCondition = preCondition };

    [Theory]
    [InlineData(LibraryBitness.Bits64, "", true)]
    [InlineData(LibraryBitness.Missing, "", true)]
    [InlineData(LibraryBitness.Unknown, "", true)]
    [InlineData(LibraryBitness.Bits32, "", false)]
    [InlineData(LibraryBitness.Bits64, "bitness64", false)]
    [InlineData(LibraryBitness.Unknown, "integratedMode, BITNESS64", false)]
    [InlineData(LibraryBitness.Bits64, "bitness32", true)]
    public void Bound_GuideOn64BitPool_LeavesItSoWhereALibraryMayNotLoad(LibraryBitness for32Bit, string preCondition, bool isLeftOut)
    {
        var bounded = RiskySettings.Bound(BaselineCatalog.Guide, Is64Bit, Bounds(Scheme(for32Bit, preCondition)));

        Assert.Equal(isLeftOut, bounded.FindDeviation(Bitness) is { Wanted: "true", Planned: "false", IsIncluded: false, Reason.Length: > 0, Source.Length: > 0 });
        Assert.Equal(!isLeftOut, BaselineComparer.Apply(Is64Bit, bounded.Baseline).Enable32BitAppOnWin64);
        Assert.Equal(30_000, BaselineComparer.Apply(Is64Bit, bounded.Baseline).QueueLength);
    }

    [Fact]
    public void Bound_SchemesThatCouldNotBeRead_AreNoLeaveToBegin32Bit()
    {
        var bounds = new ServerBounds { CompressionProblem = "IIS's compression schemes couldn't be read: damaged" };

        Assert.NotNull(RiskySettings.Bound(BaselineCatalog.Guide, Is64Bit, bounds).FindDeviation(Bitness));
        Assert.Null(RiskySettings.Bound(BaselineCatalog.Guide, Is32Bit, bounds).FindDeviation(Bitness));
    }

    [Fact]
    public void Bound_NothingKnownOfAnySchemeByAnOlderAgent_IsTheBaseline() =>
        Assert.Empty(RiskySettings.Bound(BaselineCatalog.Guide, Is64Bit, ServerBounds.Unknown).Deviations);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Bound_32BitPoolBesideTheLibrary_IsTurnedBackOnlyWhereWsusDoesNotAnswer(bool isAnswering, bool isTurnedBack)
    {
        var bounds = Bounds(Scheme(LibraryBitness.Bits64)) with { IsWsusAnswering = isAnswering };

        Assert.All(BaselineCatalog.All, baseline => Assert.Equal(
            isTurnedBack, BaselineComparer.Compare(Is32Bit, RiskySettings.Bound(baseline, Is32Bit, bounds)).Any(comparison => comparison is { Setting: Bitness, IsDrifted: true, Target: "false" })));
    }

    [Fact]
    public void Bound_WithAPersonsYes_KeepsTheBaselineAndSaysWhatMayHappen()
    {
        var bounds = Bounds(Scheme(LibraryBitness.Bits64)) with { TotalMemoryKilobytes = 2 * Gigabyte };

        var bounded = RiskySettings.Bound(BaselineCatalog.Guide, Is64Bit, bounds, includeRisky: true);

        Assert.Equal(BaselineCatalog.Guide.Settings, bounded.Baseline.Settings);
        Assert.Equal([(Bitness, "true"), (SettingKeys.PrivateMemory, "0")], bounded.Deviations.Select(deviation => (deviation.Setting, deviation.Planned)));
        Assert.All(bounded.Deviations, deviation => Assert.True(deviation.IsIncluded));
    }

    [Theory]
    [InlineData(16, false, 12)]
    [InlineData(16, true, 8)]
    [InlineData(6, true, 3)]
    [InlineData(64, true, 0)]
    public void Bound_NoLimitAskedFor_ProposesOneWhereTheCatalogueDoesNotFit(long gigabytes, bool hasConfigMgr, long expected)
    {
        var bounds = new ServerBounds { TotalMemoryKilobytes = gigabytes * Gigabyte, HasConfigMgr = hasConfigMgr };

        var bounded = RiskySettings.Bound(BaselineCatalog.Microsoft, Is64Bit, bounds);

        Assert.Equal(expected * Gigabyte, BaselineComparer.Apply(Is64Bit, bounded.Baseline).PrivateMemoryKilobytes);
        Assert.Equal(expected > 0, bounded.Deviations.Any());
        Assert.All(bounded.Deviations, deviation => AssertText.Tells(deviation.Reason, $"{gigabytes} GB", $"{expected} GB"));
    }

    [Theory]
    [InlineData(1, false, "sets one of 12 GB")]
    [InlineData(14, false, "keeps the limit of 14 GB")]
    [InlineData(1, true, "removes the limit too")]
    public void Bound_MemoryLimit_SaysWhatIsWantedWhatIsPlannedAndHowItComesAbout(long gigabytes, bool includeRisky, string planned)
    {
        var bounds = new ServerBounds { TotalMemoryKilobytes = 16 * Gigabyte, LiveUpdates = 12_000 };

        var deviation = RiskySettings.Bound(BaselineCatalog.Microsoft, Is64Bit with { PrivateMemoryKilobytes = gigabytes * Gigabyte }, bounds, includeRisky).FindDeviation(SettingKeys.PrivateMemory)!;

        AssertText.Tells(deviation.Reason, "\"Microsoft\" wants no private memory limit", planned, "12,000 updates", "16 GB", "4 GB", "leaves 12 GB");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(14 * Gigabyte)]
    public void Bound_LimitInForceThatIsNoneOrHigher_IsKept(long kilobytes)
    {
        var settings = Is64Bit with { PrivateMemoryKilobytes = kilobytes };

        var bounded = RiskySettings.Bound(BaselineCatalog.Microsoft, settings, new ServerBounds { TotalMemoryKilobytes = 16 * Gigabyte });

        Assert.Equal(kilobytes, BaselineComparer.Apply(settings, bounded.Baseline).PrivateMemoryKilobytes);
    }

    [Fact]
    public void Compare_WithADeviation_CarriesWhatTheBaselineItselfAsks()
    {
        var comparisons = BaselineComparer.Compare(Is64Bit, RiskySettings.Bound(BaselineCatalog.Guide, Is64Bit, Bounds(Scheme(LibraryBitness.Bits64))));

        Assert.Equal("true", comparisons.Single(comparison => comparison.Deviation is not null).Deviation!.Wanted);
        Assert.False(comparisons.Single(comparison => comparison.Setting == Bitness).IsDrifted);
    }

    [Fact]
    public void Of_Snapshot_TakesWhatMatters()
    {
        var snapshot = TestServer.Healthy().WithLibrary("").Snapshot!;

        var bounds = ServerBounds.Of(snapshot);

        Assert.Equal([TestServer.Library], bounds.CompressionSchemes);
        Assert.Equal((32L * Gigabyte, (long?)14_210L, true, true), (bounds.TotalMemoryKilobytes, bounds.LiveUpdates, bounds.HasConfigMgr, bounds.IsWsusAnswering));
        Assert.Equal(bounds, ServerBounds.Of(TestServer.Healthy().WithLibrary("").Snapshot!));
        Assert.Null(ServerBounds.Of(TestServer.Healthy().ChangeWsus(wsus => wsus with { Counts = new WsusCounts { Updates = 9, Declined = 9 } }).Snapshot!).LiveUpdates);
    }

    private static ServerBounds Bounds(CompressionScheme scheme) => new() { CompressionSchemes = [scheme] };
}
