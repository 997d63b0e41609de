using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Tests;

/// <summary>A browser's time zone on a computer that has other names for it, as a Windows without ICU, or none.</summary>
public sealed class TimeZonesTests
{
    private static readonly DateTimeOffset Summer = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Winter = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Europe/Zurich", 2, 1)]
    [InlineData("America/New_York", -4, -5)]
    [InlineData("Asia/Kolkata", 5.5, 5.5)]
    [InlineData("asia/calcutta", 5.5, 5.5)]
    [InlineData("Etc/UTC", 0, 0)]
    public void Find_SystemKnowsTheNamesOfWindowsOnly_TranslatesAndKeepsTheName(string id, double summer, double winter)
    {
        var zone = TimeZones.Find(id, FindAsWindowsWithoutIcu);

        Assert.Equal((id, TimeSpan.FromHours(summer), TimeSpan.FromHours(winter)), (zone!.Id, zone.GetUtcOffset(Summer), zone.GetUtcOffset(Winter)));
    }

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    public void Find_NameThatIsNone_IsNull(string id)
    {
        Assert.Null(TimeZones.Find(id));
        Assert.Null(TimeZones.Find(id, FindAsWindowsWithoutIcu));
    }

    [Fact]
    public void Known_EachName_IsTranslatedAsIcuDoes()
    {
        Assert.SkipUnless(TimeZoneInfo.TryConvertIanaIdToWindowsId("Europe/Zurich", out _), "This system has no ICU.");

        // Another version of ICU may know a name more, or have moved one: of hundreds that is a handful.
        var known = TimeZones.Known.Where(pair => TimeZoneInfo.TryConvertIanaIdToWindowsId(pair.Key, out _)).ToList();
        var other = known.Where(pair => TimeZoneInfo.TryConvertIanaIdToWindowsId(pair.Key, out var name) && name != pair.Value).ToList();

        Assert.InRange(known.Count, 400, 1000);
        Assert.InRange(other.Count, 0, 20);
    }

    [Fact]
    public void Viewer_ZoneThatIsNotKnown_ShowsUtcAndSaysSo()
    {
        var viewer = new Viewer();
        Assert.Null(viewer.UnknownTimeZone);

        viewer.UseTimeZone("Mars/Olympus");
        Assert.Equal(("Mars/Olympus", TimeZoneInfo.Utc), (viewer.UnknownTimeZone, viewer.Zone));

        viewer.UseTimeZone("Europe/Zurich");
        Assert.Equal((null, "Europe/Zurich"), (viewer.UnknownTimeZone, viewer.Zone.Id));
    }

    /// <summary>Knows "W. Europe Standard Time" and no "Europe/Zurich", with rules as Windows has them in its registry: years from midnight to midnight, changes on a weekday.</summary>
    private static TimeZoneInfo? FindAsWindowsWithoutIcu(string id) => id switch
    {
        "W. Europe Standard Time" => Zone(id, 1, Change(3, 5, 2), Change(10, 5, 3)),
        "Eastern Standard Time" => Zone(id, -5, Change(3, 2, 2), Change(11, 1, 2)),
        "India Standard Time" => Zone(id, 5.5),
        "UTC" => TimeZoneInfo.Utc,
        _ => null,
    };

    private static TimeZoneInfo.TransitionTime Change(int month, int week, int hour) =>
        TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, hour, 0, 0, DateTimeKind.Unspecified), month, week, DayOfWeek.Sunday);

    private static TimeZoneInfo Zone(string id, double hours, TimeZoneInfo.TransitionTime? spring = null, TimeZoneInfo.TransitionTime? autumn = null) => TimeZoneInfo.CreateCustomTimeZone(
        id, TimeSpan.FromHours(hours), id, id, id,
        spring is { } begin && autumn is { } end
            ?
            [
                TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue.Date, new DateTime(2006, 12, 31, 0, 0, 0, DateTimeKind.Unspecified), TimeSpan.FromHours(1), begin, end),
                TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(new DateTime(2007, 1, 1, 0, 0, 0, DateTimeKind.Unspecified), DateTime.MaxValue.Date, TimeSpan.FromHours(1), begin, end),
            ]
            : null);
}
