using CsCheck;
using WsusDashboard.Shared.Samples;

namespace WsusDashboard.Shared.Tests.Samples;

public sealed class EndpointSampleTests
{
    [Theory]
    [InlineData(0, 10)]
    [InlineData(0.2, 10)]
    [InlineData(10, 10)]
    [InlineData(10.1, 20)]
    [InlineData(99, 100)]
    [InlineData(994, 990)]
    [InlineData(996, 1_000)]
    [InlineData(1_049, 1_000)]
    [InlineData(1_050, 1_100)]
    [InlineData(29_800, 30_000)]
    public void Round_Milliseconds_KeepsTwoDigits(double milliseconds, long expected) => Assert.Equal(expected, EndpointSample.Round(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void Round_AnyTime_IsWithinATenthAndStaysAsItIs() => Gen.Double[100, 600_000].Sample(milliseconds =>
    {
        var rounded = EndpointSample.Round(TimeSpan.FromMilliseconds(milliseconds));

        Assert.InRange(rounded, milliseconds * 0.94, milliseconds * 1.06);
        Assert.Equal(rounded, EndpointSample.Round(TimeSpan.FromMilliseconds(rounded)));
    });
}
