using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Rules;

public sealed class PlanWarningsTests
{
    private const long Gigabyte = 1024 * 1024;

    [Fact]
    public void For_GuideOnASmallServer_WarnsOf32Bit()
    {
        var warning = Assert.Single(For(new PoolSettings(), BaselineCatalog.Guide, Memory(16)));

        AssertText.Tells(warning, "4 GB", "3.1 GB", "KB 4490414");
    }

    [Fact]
    public void For_MicrosoftOnALargeServer_WarnsOfNothing() =>
        Assert.Empty(For(new PoolSettings(), BaselineCatalog.Microsoft, Memory(64)));

    [Theory]
    [InlineData(32, 0)]
    [InlineData(24, 1)]
    public void For_NoMemoryLimit_WarnsWhereTheCatalogueDoesNotFit(long gigabytes, int expected)
    {
        var warnings = For(new PoolSettings(), BaselineCatalog.Microsoft, Memory(gigabytes));

        Assert.Equal(expected, warnings.Count);
        Assert.All(warnings, warning => AssertText.Tells(warning, "24 GB", "KB 4490414"));
    }

    [Fact]
    public void For_MemoryOfTheServerUnknown_SaysSo() =>
        AssertText.Tells(Assert.Single(For(new PoolSettings(), BaselineCatalog.Microsoft, ServerBounds.Unknown)), "24 GB");

    [Fact]
    public void For_PoolThatIs32BitAlready_WarnsAlthoughTheBaselineDoesNotAskForIt() =>
        AssertText.Tells(Assert.Single(For(new PoolSettings { Enable32BitAppOnWin64 = true }, BaselineCatalog.Microsoft, Memory(64), [])), "32");

    [Fact]
    public void For_WorkerThatNeedsMoreThan4Gigabytes_SaysThatItWouldEnd() =>
        AssertText.Tells(For(new PoolSettings(), BaselineCatalog.Guide, ServerBounds.Unknown, [new PoolWorker(4712, 6 * Gigabyte, null)])[0], "6 GB", "4 GB");

    [Fact]
    public void For_RiskThatIsLeftOut_WarnsOfNothing() =>
        Assert.Empty(For(new PoolSettings(), BaselineCatalog.Guide, Memory(64) with { CompressionSchemes = [TestServer.Library] }));

    [Fact]
    public void For_RiskThatSomebodyIncluded_SaysFirstWhatMayHappen() =>
        AssertText.Tells(For(new PoolSettings(), BaselineCatalog.Guide, Memory(64) with { CompressionSchemes = [TestServer.Library] }, includeRisky: true)[0], "500.19", "suscomp.dll");

    [Fact]
    public void For_MemoryLimitThatSomebodyLeftOutOnPurpose_WarnsOnce()
    {
        var warning = Assert.Single(For(new PoolSettings { PrivateMemoryKilobytes = 1_843_200 }, BaselineCatalog.Microsoft, Memory(16), includeRisky: true));

        AssertText.Tells(warning, "no private memory limit", "16 GB", "24 GB");
    }

    private static ServerBounds Memory(long gigabytes) => new() { TotalMemoryKilobytes = gigabytes * Gigabyte };

    private static IReadOnlyList<string> For(PoolSettings settings, Baseline baseline, ServerBounds bounds, IReadOnlyList<PoolWorker>? workers = null, bool includeRisky = false)
    {
        var pool = new AppPool { Name = "WsusPool", Settings = settings, Workers = [.. workers ?? [new PoolWorker(4712, 3_250_000, null)]] };

        return PlanWarnings.For(pool, RiskySettings.Bound(baseline, settings, bounds, includeRisky), bounds);
    }
}
