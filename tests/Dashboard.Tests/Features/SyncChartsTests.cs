using System.Text.Json;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>Charts and their tables, the packed strip, and the address of the page.</summary>
public sealed class SyncChartsTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 5, 4, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Days_TableAndDrawing_HaveTheSameNumbers()
    {
        var chart = SyncCharts.Days([Day(0, succeeded: 3, cancelled: 0, failed: 1), Day(1, succeeded: 0, cancelled: 2, failed: 0)], day => $"/day/{day:yyyy-MM-dd}");

        using var options = JsonDocument.Parse(JsonSerializer.Serialize(chart.Options, JsonSerializerOptions.Web));
        var drawn = options.RootElement.GetProperty("series").EnumerateArray().ToDictionary(series => series.GetProperty("name").GetString()!, series => series.GetProperty("data").EnumerateArray().Select(value => value.GetInt32()).ToArray());
        Assert.Equal([1, 0], drawn["Failed"]);
        Assert.Equal([0, 2], drawn["Cancelled"]);
        Assert.Equal("Tue 2026-05-05", chart.Rows[0].Name);
        Assert.Equal(["0", "2", "0", "0", "0", "2"], chart.Rows[0].Values);
        Assert.Equal("/day/2026-05-05", chart.Rows[0].Href);
    }

    [Fact]
    public void Days_NoSynchronization_HasNothingToDraw() => Assert.False(SyncCharts.Days([Day(0, 0, 0, 0)]).HasData);

    [Fact]
    public void Causes_ThoseNeverExamined_AreInTheTableAloneAndCountInTheShares()
    {
        var chart = SyncCharts.Causes([new("pool-over-memory-limit", "Pool over memory limit", 3)], withoutKnownCause: 1);

        Assert.Equal(2, chart.Rows.Count);
        Assert.Equal("Pool over memory limit", chart.Rows[0].Name);
        Assert.Equal(["3", Wording.Percent(0.75)], chart.Rows[0].Values);
        using var options = JsonDocument.Parse(JsonSerializer.Serialize(chart.Options, JsonSerializerOptions.Web));
        Assert.Equal("Pool over memory limit", Assert.Single(options.RootElement.GetProperty("yAxis").GetProperty("data").EnumerateArray()).GetString());
    }

    [Fact]
    public void Sites_WorstComesFirst_ThoseThatNeverRanDoNotCome()
    {
        var chart = SyncCharts.Sites([Site("BRN", new(9, 0, 1, 0, 0)), Site("GVA", new(0, 4, 4, 0, 0)), Site("ZRH", default)]);

        Assert.Equal(["GVA", "BRN"], chart.Rows.Select(row => row.Name));
    }

    [Theory]
    [InlineData(4, 60)]
    [InlineData(25, 300)]
    [InlineData(500, 7_200)]
    [InlineData(60 * 24 * 100, 86_400 * 17)]
    public void StepOf_Length_GivesAtMostSixParts(int minutes, int expectedSeconds) =>
        Assert.Equal(TimeSpan.FromSeconds(expectedSeconds), SyncCharts.StepOf(TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void Pack_Strip_NamesEachKindOfDayOnce()
    {
        var days = Enumerable.Range(0, 3).Select(offset => new DateOnly(2026, 5, 11).AddDays(offset)).ToList();
        SyncCounts good = new(3, 0, 0, 0, 0), bad = new(0, 0, 2, 0, 0);
        var strip = new DayStrip(days, new Paged<DayStripRow>([new(1, "BRN-WSUS02", "BRN", [good, bad, good]), new(2, "ZRH-SUP01", "ZRH", [good, good, default])], 2, 1, 50));

        using var packed = JsonDocument.Parse(DayStripView.Pack(strip));

        var root = packed.RootElement;
        Assert.Equal("2026-05-11", root.GetProperty("first").GetString());
        Assert.Equal(["000100", "000002"], root.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("cells").GetString()));
        Assert.Equal([2, 0, 0], root.GetProperty("kinds").EnumerateArray().Select(kind => kind[2].GetInt32()).Order().Reverse());
        Assert.Equal([1], root.GetProperty("patchDays").EnumerateArray().Select(day => day.GetInt32()));
    }

    [Fact]
    public void ToTable_Strip_CountsDaysByHowTheyWent()
    {
        var days = Enumerable.Range(0, 4).Select(offset => new DateOnly(2026, 5, 11).AddDays(offset)).ToList();
        var strip = new DayStrip(days, new Paged<DayStripRow>([new(1, "BRN-WSUS02", "BRN", [new(1, 0, 1, 0, 0), new(0, 2, 0, 0, 0), new(3, 0, 0, 0, 0), default])], 1, 1, 50));

        var row = Assert.Single(SyncDaysPage.ToTable(strip).Rows);

        Assert.Equal(["BRN", "1", "1", "1", "1", "Tue 2026-05-12", "complete"], row.Values);
        Assert.Equal("/servers/1/timeline?day=2026-05-12", row.Href);
    }

    [Fact]
    public void Address_OwnRangeAndFilters_SurviveTheUrl()
    {
        var address = new SyncsAddress { From = new(2026, 1, 2), To = new(2026, 3, 4), Site = "BRN", Result = SyncResult.Failed, Day = new(2026, 2, 1), Page = 3 };

        Assert.Equal(address, SyncsAddress.FromUri("http://x" + address.ToUri()));
    }

    [Theory]
    [InlineData("/syncs?days=8")]
    [InlineData("/syncs?from=2026-03-01&to=2026-02-01")]
    [InlineData("/syncs?from=1990-01-01&to=2026-02-01")]
    [InlineData("/syncs?from=nonsense&to=2026-02-01&result=99&page=-1")]
    public void Address_ThatCannotBeRead_FallsBackToTheDefault(string uri) => Assert.Equal(new SyncsAddress(), SyncsAddress.FromUri("http://x" + uri));

    private static SyncDay Day(int offset, int succeeded, int cancelled, int failed) =>
        new(DateOnly.FromDateTime(Midnight.AddDays(offset).DateTime), Midnight.AddDays(offset), Midnight.AddDays(offset + 1), succeeded, cancelled, failed, 0, 0);

    private static SiteSyncs Site(string name, SyncCounts counts) => new(name, 1, counts, []);
}
