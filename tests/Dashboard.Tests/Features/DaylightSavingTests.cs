using System.Net;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>Days on which clocks change have 23 or 25 hours, or half an hour more or less: wherever in a range they lie, each moment has its day and hour.</summary>
public sealed class DaylightSavingTests
{
    [Theory]
    [InlineData("Europe/Zurich")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Africa/Cairo")]
    [InlineData("Asia/Kolkata")]
    public void Calendar_EndingOnAnyDayOfAYear_TellsTheZonesOwnTime(string id)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        for (var day = new DateOnly(2026, 1, 1); day.Year == 2026; day = day.AddDays(1))
        {
            foreach (var days in new[] { 1, 3 })
            {
                var calendar = new DayCalendar(day.AddDays(1 - days), days, zone);
                var clock = calendar.CreateClock();
                var midnight = day.AddDays(1 - days).ToDateTime(TimeOnly.MinValue);
                for (var at = calendar.From; at < calendar.To; at = at.AddMinutes(30))
                {
                    Assert.Equal(TimeZoneInfo.ConvertTime(at, zone).DateTime, midnight.AddSeconds(clock.ToLocal(at.ToUnixTimeSeconds())));
                }
            }
        }
    }

    [Theory]
    [InlineData("2026-03-29")]
    [InlineData("2026-10-25")]
    public async Task Days_UpToTheDayOfAChange_AreAnswered(string day)
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);

        using var answer = await dashboard.Http.GetAsync(new Uri($"/api/v1/history/days.csv?zone=Europe/Zurich&from=2026-03-01&to={day}", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
