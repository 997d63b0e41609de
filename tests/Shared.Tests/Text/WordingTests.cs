using System.Globalization;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Tests.Text;

public sealed class WordingTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0L, "0 KB")]
    [InlineData(800L, "800 KB")]
    [InlineData(1023L, "1,023 KB")]
    [InlineData(1024L, "1 MB")]
    [InlineData(1_048_575L, "1 GB")]
    [InlineData(1_843_200L, "1.8 GB")]
    [InlineData(16L * 1024 * 1024, "16 GB")]
    [InlineData(3L * 1024 * 1024 * 1024, "3 TB")]
    [InlineData(-2048L, "-2 MB")]
    [InlineData(null, "–")]
    public void Size_Kilobytes_IsWhatAPersonSays(long? kilobytes, string expected) => Assert.Equal(expected, Wording.Size(kilobytes));

    [Theory]
    [InlineData("00:00:00", "0 s")]
    [InlineData("-00:01:00", "0 s")]
    [InlineData("00:00:00.3500000", "350 ms")]
    [InlineData("00:00:00.0000001", "1 ms")]
    [InlineData("00:00:42", "42 s")]
    [InlineData("00:01:20", "1 min 20 s")]
    [InlineData("00:20:00", "20 min")]
    [InlineData("00:20:30", "20 min")]
    [InlineData("02:00:00", "2 h")]
    [InlineData("1.05:00:00", "29 h")]
    [InlineData("2.01:00:00", "2 d 1 h")]
    [InlineData("6.04:30:00", "6 d 4 h")]
    [InlineData("12.04:30:00", "12 d")]
    public void Duration_Span_HasTheTwoLargestUnits(string span, string expected) =>
        Assert.Equal(expected, Wording.Duration(TimeSpan.Parse(span, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(-5, "just now")]
    [InlineData(2, "just now")]
    [InlineData(30, "30 s ago")]
    [InlineData(4 * 60, "4 min ago")]
    [InlineData(7200, "2 h ago")]
    [InlineData(6 * 86_400, "6 d ago")]
    public void Ago_Moment_HasOneUnit(int seconds, string expected) => Assert.Equal(expected, Wording.Ago(Now.AddSeconds(-seconds), Now));

    [Theory]
    [InlineData("-00:01:00", "0 s", "0:00")]
    [InlineData("00:00:12", "12 s", "0:12")]
    [InlineData("00:14:05", "14 min", "14:05")]
    [InlineData("01:02:30", "1 h", "1:02:30")]
    [InlineData("6.04:30:00", "6 d", "6 d 4 h")]
    public void LargestUnitAndElapsed_Span_FitANarrowCell(string span, string largest, string elapsed)
    {
        var duration = TimeSpan.Parse(span, CultureInfo.InvariantCulture);

        Assert.Equal(largest, Wording.LargestUnit(duration));
        Assert.Equal(elapsed, Wording.Elapsed(duration));
    }

    [Fact]
    public void AllWords_InAnotherCulture_AreTheSame()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Assert.Equal("1.8 GB", Wording.Size(1_843_200));
            Assert.Equal("12,480", Wording.Number(12_480));
            Assert.Equal("2026-01-05 12:00 UTC", Wording.Time(Now.ToOffset(TimeSpan.FromHours(2))));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void CountAndList_OneAndMany_AreSaidRight()
    {
        Assert.Equal("1 recycle", Wording.Count(1, "recycle", "recycles"));
        Assert.Equal("1,200 recycles", Wording.Count(1200, "recycle", "recycles"));
        Assert.Equal("2 updates", Wording.Count(2, "update"));
        Assert.Equal("–", Wording.Number(null));
        Assert.Equal("75\u00a0%", Wording.Percent(0.75));
        Assert.Equal("", Wording.List([]));
        Assert.Equal("a", Wording.List(["a"]));
        Assert.Equal("a, b and c", Wording.List(["a", "b", "c"]));
    }
}
