using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Shared.Tests.Effects;

public sealed class PatchTuesdayTests
{
    // Days as Microsoft announced them; the clocks of Redmond changed on 8 March 2026 and 2 November 2025.
    [Theory]
    [InlineData(2025, 10, 14, 17)]
    [InlineData(2025, 11, 11, 18)]
    [InlineData(2025, 12, 9, 18)]
    [InlineData(2026, 1, 13, 18)]
    [InlineData(2026, 3, 10, 17)]
    [InlineData(2026, 9, 8, 17)]
    [InlineData(2022, 3, 8, 18)]
    public void Of_Month_IsTheSecondTuesdayAtTenInRedmond(int year, int month, int day, int hour) =>
        Assert.Equal(new PatchTuesday(new(year, month, day), new(year, month, day, hour, 0, 0, TimeSpan.Zero)), PatchTuesday.Of(year, month));

    [Fact]
    public void LastBefore_AroundTheRelease_ChangesAtItsMinute()
    {
        var release = PatchTuesday.Of(2026, 1).ReleasedAt;

        Assert.Equal(PatchTuesday.Of(2026, 1), PatchTuesday.LastBefore(release));
        Assert.Equal(PatchTuesday.Of(2025, 12), PatchTuesday.LastBefore(release.AddTicks(-1)));
    }

    [Fact]
    public void Between_AYear_HasTwelveAndTheEndIsExclusive()
    {
        var from = PatchTuesday.Of(2025, 3).ReleasedAt;

        var found = PatchTuesday.Between(from, PatchTuesday.Of(2026, 3).ReleasedAt);

        Assert.Equal(12, found.Count);
        Assert.Equal((new DateOnly(2025, 3, 11), new DateOnly(2026, 2, 10)), (found[0].Day, found[^1].Day));
    }
}
