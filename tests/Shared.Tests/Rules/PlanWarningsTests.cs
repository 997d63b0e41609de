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
                Assert.Contains("4 GB", warning, StringComparison.Ordinal);
                Assert.Contains("uses 3.1 GB now", warning, StringComparison.Ordinal);
                Assert.Contains("KB 4490414", warning, StringComparison.Ordinal);
                Assert.Contains("repair guide", warning, StringComparison.Ordinal);
            },
            warning =>
            {
                Assert.Contains("24 GB", warning, StringComparison.Ordinal);
                Assert.Contains("This server has 16 GB", warning, StringComparison.Ordinal);
                Assert.Contains("KB 4490414", warning, StringComparison.Ordinal);
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
        Assert.Contains("not known", Assert.Single(PlanWarnings.For(Pool(new PoolSettings()), BaselineCatalog.Microsoft, null)), StringComparison.Ordinal);
        Assert.Contains("not known", Assert.Single(PlanWarnings.For(Pool(new PoolSettings()), BaselineCatalog.Microsoft, new HostState())), StringComparison.Ordinal);
    }

    [Fact]
    public void For_PoolThatIs32BitAlready_WarnsAlthoughTheBaselineDoesNotAskForIt()
    {
        var pool = Pool(new PoolSettings { Enable32BitAppOnWin64 = true }) with { Workers = [] };

        var warning = Assert.Single(PlanWarnings.For(pool, BaselineCatalog.Microsoft, new HostState { TotalMemoryKilobytes = 64 * Gigabyte }));

        Assert.Contains("does not change it", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void For_WorkerThatNeedsMoreThan4Gigabytes_SaysThatItWouldEnd()
    {
        var pool = Pool(new PoolSettings()) with { Workers = [new PoolWorker(4712, 6 * Gigabyte, null)] };

        Assert.Contains("uses 6 GB now and would end again and again", PlanWarnings.For(pool, BaselineCatalog.Guide, null)[0], StringComparison.Ordinal);
    }

    private static AppPool Pool(PoolSettings settings) => new() { Name = "WsusPool", Settings = settings, Workers = [new PoolWorker(4712, 3_250_000, null)] };
}
