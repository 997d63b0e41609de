using WsusDashboard.Shared.Baselines;

namespace WsusDashboard.Shared.Tests.Baselines;

public sealed class WorkerMemoryLimitTests
{
    private const long Gigabyte = 1024 * 1024;

    [Theory]
    [InlineData(16, null, false, false, true, 12)]
    [InlineData(16, null, true, false, true, 8)]
    [InlineData(16, null, false, true, false, 12)]
    [InlineData(16, 5_000L, false, false, false, 12)]
    [InlineData(16, 9_000L, false, false, true, 12)]
    [InlineData(8, null, true, false, true, 4)]
    [InlineData(2, null, true, true, true, 1)]
    [InlineData(64, null, true, false, false, 56)]
    [InlineData(64, long.MaxValue, true, false, true, 56)]
    [InlineData(64, long.MaxValue, true, true, false, 56)]
    public void For_MemoryAndCatalogue_SaysWhetherALimitIsNeededAndWhich(long total, long? updates, bool hasConfigMgr, bool is32Bit, bool isNeeded, long limit)
    {
        var found = WorkerMemoryLimit.For(new ServerBounds { TotalMemoryKilobytes = total * Gigabyte, LiveUpdates = updates, HasConfigMgr = hasConfigMgr }, is32Bit)!;

        Assert.Equal((isNeeded, limit * Gigabyte), (found.IsNeeded, found.LimitKilobytes));
        AssertText.Tells(found.Arithmetic, $"{total} GB");
    }

    [Fact]
    public void For_MicrosoftsOwnFigure_Is24GigabytesFor17000Updates() =>
        Assert.InRange(WorkerMemoryLimit.For(new ServerBounds { TotalMemoryKilobytes = Gigabyte, LiveUpdates = 17_000 }, is32Bit: false)!.NeededKilobytes, 23.9 * Gigabyte, 24.0 * Gigabyte);

    [Theory]
    [InlineData(17)]
    [InlineData(1)]
    [InlineData(700)]
    public void LimitKilobytes_AnyMemory_IsAWholeStepAndNeverNothing(long megabytes)
    {
        var limit = WorkerMemoryLimit.For(new ServerBounds { TotalMemoryKilobytes = megabytes * 1024 }, is32Bit: false)!.LimitKilobytes;

        Assert.True(limit > 0 && limit % (Gigabyte / 4) == 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void For_MemoryUnknown_IsNull(long kilobytes) => Assert.Null(WorkerMemoryLimit.For(new ServerBounds { TotalMemoryKilobytes = kilobytes }, is32Bit: false));
}
