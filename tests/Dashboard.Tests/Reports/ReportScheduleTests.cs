using System.Globalization;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Reports;
using WsusDashboard.Dashboard.Kernel.Options;

namespace WsusDashboard.Dashboard.Tests.Reports;

/// <summary>Which reports are due at which moment.</summary>
public sealed class ReportScheduleTests
{
    [Theory]
    // Monday, the hour before and the hour itself; Sunday; in Zurich it is five o'clock an hour earlier in winter and two in summer.
    [InlineData("2026-11-30T04:59:00Z", "UTC", "2026-11-16", "2026-11-22")]
    [InlineData("2026-11-30T05:00:00Z", "UTC", "2026-11-23", "2026-11-29")]
    [InlineData("2026-12-06T23:59:00Z", "UTC", "2026-11-23", "2026-11-29")]
    [InlineData("2026-11-30T03:59:00Z", "Europe/Zurich", "2026-11-16", "2026-11-22")]
    [InlineData("2026-11-30T04:00:00Z", "Europe/Zurich", "2026-11-23", "2026-11-29")]
    [InlineData("2026-06-29T03:00:00Z", "Europe/Zurich", "2026-06-22", "2026-06-28")]
    public void Due_Weekly_IsTheLastWholeWeek(string now, string zone, string first, string last) => Assert.Equal((first, last), DueOf(ReportKind.Weekly, now, zone));

    [Theory]
    [InlineData("2026-11-17T04:59:00Z", "2026-10-13", "2026-10-19")]
    [InlineData("2026-11-17T05:00:00Z", "2026-11-10", "2026-11-16")]
    [InlineData("2026-12-01T12:00:00Z", "2026-11-10", "2026-11-16")]
    [InlineData("2026-12-14T12:00:00Z", "2026-11-10", "2026-11-16")]
    [InlineData("2027-01-05T12:00:00Z", "2026-12-08", "2026-12-14")]
    public void Due_PatchTuesday_IsTheLastWeekThatIsOver(string now, string first, string last) => Assert.Equal((first, last), DueOf(ReportKind.PatchTuesday, now, "UTC"));

    [Fact]
    public void Due_SwitchedOff_IsNothing() => Assert.Empty(ReportSchedule.Due(new() { Weekly = false, PatchTuesday = false }, TimeZoneInfo.Utc, Parse("2026-12-01T12:00:00Z")));

    private static (string First, string Last) DueOf(ReportKind kind, string now, string zone)
    {
        var range = ReportSchedule.Due(new ReportOptions(), TimeZoneInfo.FindSystemTimeZoneById(zone), Parse(now)).Single(due => due.Kind == kind).Range;
        return (range.First.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), range.Last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    private static DateTimeOffset Parse(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
