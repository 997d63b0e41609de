using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.ConfigMgr.Status;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

/// <summary>Times without a zone, laid beside the status message that has one.</summary>
public sealed class SupTimesTests
{
    private static readonly DateTimeOffset Ended = new(2026, 7, 1, 6, 12, 0, TimeSpan.Zero);
    private static readonly SyncStatusMessage Message = new(6702, Ended);

    private readonly FakeTimeProvider _time = new(Ended.AddMinutes(10));
    private readonly SupTimes _times;

    public SupTimesTests()
    {
        _time.SetLocalTimeZone(TestZones.CentralEurope);
        _times = new SupTimes(_time);
    }

    [Fact]
    public void Settle_TimesThatAgreeWithTheMessage_AreUtc()
    {
        var point = Settle(Point(Ended.AddSeconds(20)), Message);

        Assert.Equal((false, Ended.AddSeconds(20)), (point.AreTimesUncertain, point.LastSyncStateAt));
    }

    [Fact]
    public void Settle_TimesThatAreTheZoneAhead_AreLocalAndMadeUtc()
    {
        var point = Settle(Point(Ended.AddHours(2), succeededAt: Ended.AddHours(2)), Message);

        Assert.Equal((false, Ended, Ended), (point.AreTimesUncertain, point.LastSyncStateAt, point.LastSuccessfulSyncAt));
    }

    [Fact]
    public void Settle_LearntInSummer_CountsInWinterWithItsOwnOffset()
    {
        Settle(Point(Ended.AddHours(2)), Message);
        var winter = new DateTimeOffset(2026, 12, 1, 7, 0, 0, TimeSpan.Zero);

        Assert.Equal(winter.AddHours(-1), Settle(Point(winter), null).LastSyncStateAt);
    }

    [Fact]
    public void Settle_HourThatTheClocksRepeat_IsUncertain()
    {
        Settle(Point(Ended.AddHours(2)), Message);

        Assert.True(Settle(Point(new(2026, 10, 25, 2, 30, 0, TimeSpan.Zero)), null).AreTimesUncertain);
    }

    [Fact]
    public void Settle_BeforeAnythingCouldBeCompared_IsUncertain() => Assert.True(Settle(Point(Ended), null).AreTimesUncertain);

    [Theory]
    [InlineData(6701)]
    [InlineData(6703)]
    public void Settle_MessageOfAnotherState_TeachesNothing(int id) => Assert.True(Settle(Point(Ended), new SyncStatusMessage(id, Ended)).AreTimesUncertain);

    [Fact]
    public void Settle_MessageOfThisMinute_TeachesNothing()
    {
        // The row may still tell the synchronization before: an hour ago in UTC would look like local time.
        _time.AdjustTime(Ended.AddMinutes(1));

        Assert.True(Settle(Point(Ended.AddHours(2)), Message).AreTimesUncertain);
    }

    [Fact]
    public void Settle_TimesThatFitNeither_AreUncertain() => Assert.True(Settle(Point(Ended.AddHours(5)), Message).AreTimesUncertain);

    [Fact]
    public void Settle_PointOfAnotherSite_TeachesNothing() => Assert.True(Settle(Point(Ended) with { SiteCode = "CAS" }, Message).AreTimesUncertain);

    [Fact]
    public void Settle_LocalTimeIsUtc_IsKnownOnlyAsLongAsItIs()
    {
        _time.SetLocalTimeZone(TestZones.London);
        var winter = new DateTimeOffset(2026, 1, 5, 6, 12, 0, TimeSpan.Zero);
        _time.AdjustTime(winter.AddMinutes(10));

        Assert.False(Settle(Point(winter), new SyncStatusMessage(6702, winter)).AreTimesUncertain);
        Assert.True(Settle(Point(Ended), null).AreTimesUncertain);
    }

    [Fact]
    public void Settle_TimesWithAZone_AreTakenAsTheyAre()
    {
        var point = Point(Ended.AddHours(5)) with { AreTimesUncertain = false };

        Assert.Equal(point, Settle(point, Message));
    }

    private SupSyncStatus Settle(SupSyncStatus point, SyncStatusMessage? message) => Assert.Single(_times.Settle([point], "BRN", message));

    private static SupSyncStatus Point(DateTimeOffset at, DateTimeOffset? succeededAt = null) =>
        new() { ServerName = "sup01", SiteCode = "BRN", LastSyncState = 6702, LastSyncStateAt = at, LastSuccessfulSyncAt = succeededAt, AreTimesUncertain = true };
}
