using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Rules;

public sealed class PlanWarningsTests
{
    private const long Gigabyte = 1024 * 1024;

    [Fact]
    public void For_GuideOnASmallServer_WarnsOf32BitAndOfMemory()
    {
        var warnings = PlanWarnings.For(Pool(new PoolSettings()), BaselineCatalog.Guide, new HostState { TotalMemoryKilobytes = 16 * Gigabyte });

        Assert.Collection(
            warnings,
            warning =>
            {
                AssertText.Tells(warning, "4 GB", "3.1 GB", "KB 4490414");
            },
            warning =>
            {
                AssertText.Tells(warning, "24 GB", "16 GB", "KB 4490414");
            });
    }

    [Fact]
    public void For_MicrosoftOnALargeServer_WarnsOfNothing() =>
        Assert.Empty(PlanWarnings.For(Pool(new PoolSettings()), BaselineCatalog.Microsoft, new HostState { TotalMemoryKilobytes = 24 * Gigabyte }));

    [Theory]
    [InlineData(24, 0)]
    [InlineData(23, 1)]
    public void For_NoMemoryLimit_WarnsBelow24Gigabytes(long gigabytes, int expected) =>
        Assert.Equal(expected, PlanWarnings.For(Pool(new PoolSettings()), BaselineCatalog.Microsoft, new HostState { TotalMemoryKilobytes = gigabytes * Gigabyte }).Count);

    [Fact]
    public void For_MemoryOfTheServerUnknown_SaysSo()
    {
        AssertText.Tells(Assert.Single(PlanWarnings.For(Pool(new PoolSettings()), BaselineCatalog.Microsoft, null)), "24 GB");
        AssertText.Tells(Assert.Single(PlanWarnings.For(Pool(new PoolSettings()), BaselineCatalog.Microsoft, new HostState())), "24 GB");
    }

    [Fact]
    public void For_PoolThatIs32BitAlready_WarnsAlthoughTheBaselineDoesNotAskForIt()
    {
        var pool = Pool(new PoolSettings { Enable32BitAppOnWin64 = true }) with { Workers = [] };

        var warning = Assert.Single(PlanWarnings.For(pool, BaselineCatalog.Microsoft, new HostState { TotalMemoryKilobytes = 64 * Gigabyte }));

        AssertText.Tells(warning, "32");
    }

    [Fact]
    public void For_WorkerThatNeedsMoreThan4Gigabytes_SaysThatItWouldEnd()
    {
        var pool = Pool(new PoolSettings()) with { Workers = [new PoolWorker(4712, 6 * Gigabyte, null)] };

        AssertText.Tells(PlanWarnings.For(pool, BaselineCatalog.Guide, null)[0], "6 GB", "4 GB");
    }

    private static AppPool Pool(PoolSettings settings) => new() { Name = "WsusPool", Settings = settings, Workers = [new PoolWorker(4712, 3_250_000, null)] };
}
