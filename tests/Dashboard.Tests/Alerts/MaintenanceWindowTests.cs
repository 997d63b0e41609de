using System.Globalization;
using WsusDashboard.Dashboard.Alerts.Deciding;

namespace WsusDashboard.Dashboard.Tests.Alerts;

public sealed class MaintenanceWindowTests
{
    private static readonly WindowRule AfterPatchTuesday = new() { Cycle = WindowCycle.Monthly, Ordinal = 2, Days = [DayOfWeek.Tuesday], DaysAfter = 2, From = new(2026, 1, 1), At = new(22, 0), Minutes = 240, TimeZone = "Europe/Berlin" };

    [Fact]
    public void Between_SecondTuesdayAndTwoDays_IsTheThursdayAfterPatchTuesday() => Assert.Equal(
        ["2026-01-15T21:00", "2026-02-12T21:00", "2026-03-12T21:00", "2026-04-16T20:00", "2026-05-14T20:00", "2026-06-11T20:00"],
        Begins(AfterPatchTuesday, "2026-01-01", "2026-07-01"));

    [Fact]
    public void Between_LastTuesdayAndTwoDays_MayBeInTheNextMonth() => Assert.Equal(
        ["2026-01-29T00:00", "2026-02-26T00:00", "2026-04-02T00:00", "2026-04-30T00:00"],
        Begins(new() { Cycle = WindowCycle.Monthly, Ordinal = -1, Days = [DayOfWeek.Tuesday], DaysAfter = 2, From = new(2026, 1, 1), Minutes = 60 }, "2026-01-10", "2026-05-10"));

    [Theory]
    [InlineData("2026-03-29", "02:30", "2026-03-29T01:00")]
    [InlineData("2026-10-25", "02:30", "2026-10-25T00:30")]
    [InlineData("2026-07-01", "02:30", "2026-07-01T00:30")]
    public void Between_DayOfAClockChange_BeginsOnceAtTheFirstRightTime(string day, string at, string begin) =>
        Assert.Equal([begin], Begins(new() { From = DateOnly.Parse(day, CultureInfo.InvariantCulture), At = TimeOnly.Parse(at, CultureInfo.InvariantCulture), Minutes = 60, TimeZone = "Europe/Berlin" }, "2026-01-01", "2027-01-01"));

    [Fact]
    public void Between_LastsAsLongAsItSaysAcrossAClockChange()
    {
        var window = new MaintenanceWindow(1, "night", new() { From = new(2026, 3, 28), At = new(23, 0), Minutes = 360, TimeZone = "Europe/Berlin" });
        var time = Assert.Single(window.Between(Utc("2026-03-28"), Utc("2026-03-30")));
        Assert.Equal(TimeSpan.FromHours(6), time.To - time.From);
    }

    [Fact]
    public void Between_ZoneWithoutSummerTime_StaysAtTheSameTime() => Assert.All(
        Begins(new() { Cycle = WindowCycle.Weekly, Days = [DayOfWeek.Sunday], From = new(2026, 1, 1), At = new(3, 0), Minutes = 60, TimeZone = "Asia/Tokyo" }, "2026-01-01", "2027-01-01"),
        begin => Assert.EndsWith("T18:00", begin, StringComparison.Ordinal));

    [Theory]
    [InlineData("2026-03-12T20:59", false)]
    [InlineData("2026-03-12T21:00", true)]
    [InlineData("2026-03-13T00:59", true)]
    [InlineData("2026-03-13T01:00", false)]
    public void FindAt_OverMidnight_IsOnUntilItsEnd(string at, bool isOn) => Assert.Equal(isOn, new MaintenanceWindow(1, "patching", AfterPatchTuesday).FindAt(Utc(at)) is not null);

    [Fact]
    public void FindAt_TwoTimesOverlap_IsTheOneThatEndsLast()
    {
        var window = new MaintenanceWindow(1, "days", new() { Cycle = WindowCycle.Weekly, Days = [DayOfWeek.Monday, DayOfWeek.Tuesday], From = new(2026, 1, 1), At = new(12, 0), Minutes = 2 * 24 * 60 });
        Assert.Equal(Utc("2026-03-12T12:00"), window.FindAt(Utc("2026-03-10T13:00"))!.To);
    }

    [Fact]
    public void Between_BeforeItsFirstAndAfterItsLastDay_IsNever() => Assert.Equal(
        ["2026-03-09T12:00", "2026-03-16T12:00"],
        Begins(new() { Cycle = WindowCycle.Weekly, Days = [DayOfWeek.Monday], From = new(2026, 3, 3), Until = new(2026, 3, 16), At = new(12, 0), Minutes = 5 }, "2026-01-01", "2027-01-01"));

    [Fact]
    public void FindAt_TimeZoneThatIsNone_IsNeverOn() => Assert.Null(new MaintenanceWindow(1, "x", new() { From = new(2026, 3, 10), Minutes = 1440, TimeZone = "Mars/Olympus" }).FindAt(Utc("2026-03-10T12:00")));

    [Fact]
    public void Decisions_ProblemThatComesAndGoesInAWindow_AreNone()
    {
        var bench = new AlertBench();
        bench.Windows.Add(new(1, "now", new() { Sites = ["BRN"], From = new(2026, 3, 10), At = new(12, 0), Minutes = 60 }));
        bench.Windows.Add(new(2, "overlapping", new() { Sites = ["BRN"], From = new(2026, 3, 10), At = new(12, 30), Minutes = 60 }));
        bench.Open(1, 1);
        bench.Open(2, 2, "ZRH");
        bench.Open(3, 3);
        bench.Run(TimeSpan.FromMinutes(80));
        Assert.Equal(["ZRH"], bench.Orders.Select(order => Assert.Single(order.Message.Sites)));
        bench.Resolve(1);
        bench.Run(TimeSpan.FromMinutes(20));
        Assert.Equal(["BRN-WSUS03"], bench.Orders[^1].Message.Servers);
        Assert.Equal(2, bench.Orders.Count);
    }

    [Fact]
    public void Decisions_ClockJumpsOverAWindow_TellsWhatIsStillThere()
    {
        var bench = new AlertBench();
        bench.Windows.Add(new(1, "later", new() { From = new(2026, 3, 11), At = new(0, 0), Minutes = 600 }));
        bench.Open(1, 1);
        bench.Run(TimeSpan.FromSeconds(20));
        bench.Now += TimeSpan.FromDays(2);
        bench.Decide();
        bench.Now -= TimeSpan.FromDays(1.5);
        bench.Run(TimeSpan.FromMinutes(3));
        Assert.Equal([AlertReason.New], bench.Reasons);
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static List<string> Begins(WindowRule rule, string from, string to) =>
        [.. new MaintenanceWindow(1, "window", rule).Between(Utc(from), Utc(to)).Select(time => time.From.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture))];
}
