using System.Globalization;
using WsusDashboard.Dashboard.Features.Logs;
using WsusDashboard.Dashboard.Features.Servers.Sections;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>A log opened at a moment: which lines, which of them, and what is said where it doesn't reach that far.</summary>
public sealed class LogMomentTests
{
    [Theory]
    [InlineData("wsyncmgr", "2026-05-04T06:12:00.0000000Z", "wsyncmgr")]
    [InlineData("wcm", "2026-05-04T06:12:00Z", "WCM")]
    [InlineData("HTTPERR", "2026-05-04T06:12:00Z", null)]
    [InlineData("wsyncmgr", "yesterday", null)]
    [InlineData("wsyncmgr", null, null)]
    [InlineData(null, "2026-05-04T06:12:00Z", null)]
    public void Of_FieldsOfAnAddress_AreALogThatCanBeOpenedAndATime(string? log, string? at, string? expected)
    {
        var moment = LogMoment.Of(log, at);

        Assert.Equal(expected, moment?.Log);
        Assert.True(moment is null || moment.At == new DateTimeOffset(2026, 5, 4, 6, 12, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(29, 0)]
    [InlineData(31, 1)]
    [InlineData(60 * 50, 50)]
    [InlineData(60 * 500, 99)]
    public void Nearest_LinesAMinuteApart_IsTheFirstOfTheNearest(int seconds, int index) => Assert.Equal(index, At(seconds).Nearest(Lines(100)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(60 * 50, 40)]
    [InlineData(60 * 99, 80)]
    public void Around_MoreLinesThanShown_HasTheMomentInTheMiddle(int seconds, int first)
    {
        var shown = At(seconds).Around(Lines(100), 20);

        Assert.Equal(20, shown.Count);
        Assert.Equal(first.ToString(CultureInfo.InvariantCulture), shown[0].Text);
    }

    [Theory]
    [InlineData(-60, true)]
    [InlineData(0, false)]
    [InlineData(60 * 99, false)]
    [InlineData(60 * 101, true)]
    public void Missing_MomentBeforeOrBehindTheLog_IsSaid(int seconds, bool isMissing) => Assert.Equal(isMissing, At(seconds).Missing(Lines(100), "BRN-WSUS02", at => at.ToString("O", CultureInfo.InvariantCulture)) is not null);

    [Fact]
    public void Nearest_NoLineHasATime_IsNone()
    {
        LogEntry[] lines = [new(null, "", "info", "x")];

        Assert.Null(At(0).Nearest(lines));
        Assert.Single(At(0).Around(lines, 20));
        Assert.NotNull(At(0).Missing(lines, "BRN-WSUS02", _ => ""));
    }

    private static LogMoment At(int seconds) => new(LogNames.SyncManager, Clock.Start.AddSeconds(seconds));

    private static LogEntry[] Lines(int count) => [.. Enumerable.Range(0, count).Select(minute => new LogEntry(Clock.Start.AddMinutes(minute), "", "info", minute.ToString(CultureInfo.InvariantCulture)))];
}
