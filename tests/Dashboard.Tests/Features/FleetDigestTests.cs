using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Features;

public sealed class FleetDigestTests
{
    private readonly FakeTimeProvider _clock = new(Clock.Start);
    private readonly LiveFleet _live;

    public FleetDigestTests() => _live = new(_clock);

    [Fact]
    public void GetDigest_NothingChanged_IsTheSameHoweverOld()
    {
        Publish(1, "BRN", Health.Healthy);
        var digest = _live.GetDigest(SiteScope.WholeFleet);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Same(digest, _live.GetDigest(SiteScope.WholeFleet));
    }

    [Fact]
    public void GetDigest_AfterAChange_IsSharedForASecondThenNew()
    {
        Publish(1, "BRN", Health.Healthy);
        var digest = _live.GetDigest(SiteScope.WholeFleet);
        Publish(1, "BRN", Health.Critical);
        _clock.Advance(FleetDigest.LongestAge - TimeSpan.FromMilliseconds(1));

        Assert.Same(digest, _live.GetDigest(SiteScope.WholeFleet));

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var next = _live.GetDigest(SiteScope.WholeFleet);
        Assert.Equal((1, 0), (digest.Counts.Healthy.Count, digest.Counts.Critical.Count));
        Assert.Equal((0, 1), (next.Counts.Healthy.Count, next.Counts.Critical.Count));
        Assert.True(next.Revision > digest.Revision);
    }

    [Fact]
    public void GetDigest_AServerGoes_HasANewRevision()
    {
        Publish(1, "BRN", Health.Healthy);
        Publish(2, "BRN", Health.Healthy);
        var digest = _live.GetDigest(SiteScope.WholeFleet);
        _live.Remove(2);
        _clock.Advance(FleetDigest.LongestAge);

        var next = _live.GetDigest(SiteScope.WholeFleet);
        Assert.Equal((2, 1), (digest.Counts.Total, next.Counts.Total));
        Assert.True(next.Revision > digest.Revision);
    }

    [Fact]
    public void GetDigest_TwoScopes_NeverShare()
    {
        Publish(1, "BRN", Health.Critical);
        Publish(2, "ZRH", Health.Healthy);

        var (all, one) = (_live.GetDigest(SiteScope.WholeFleet), _live.GetDigest(SiteScope.Of("ZRH")));

        Assert.Equal([1, 2], all.TakePage(new()).Items.Select(server => server.Id).Order());
        Assert.Equal([2], one.TakePage(new()).Items.Select(server => server.Id));
        Assert.Equal((1, 0), (one.Counts.Total, one.Counts.Critical.Count));
        Assert.Equal(["ZRH"], one.Sites.Select(site => site.Site));
        Assert.Same(one, _live.GetDigest(SiteScope.Of("ZRH")));
        Assert.Equal(0, _live.GetDigest(SiteScope.Nothing).Counts.Total);
    }

    [Fact]
    public void TakePage_ManyPagesOfOneList_AreThoseOfTheQuery()
    {
        foreach (var id in Enumerable.Range(1, 60))
        {
            Publish(id, "BRN", (Health)(id % 3));
        }

        var digest = _live.GetDigest(SiteScope.WholeFleet);
        foreach (var query in new FleetQuery[] { new(), new() { Page = 2, PageSize = 25 }, new() { Page = 9 }, new() { Sort = FleetSort.Name, Descending = false }, new() { Health = Health.Critical, PageSize = 10 } })
        {
            var (expected, page) = (query.TakePage(_live.GetAll()), digest.TakePage(query));
            Assert.Equal(expected.Items.Select(server => server.Id), page.Items.Select(server => server.Id));
            Assert.Equal((expected.Total, expected.Page, expected.PageSize), (page.Total, page.Page, page.PageSize));
        }
    }

    private void Publish(int id, string site, Health health) =>
        _live.Publish(new() { Id = id, Name = $"s{id:00}", Site = site, Address = "https://s", Baseline = "guide", Status = new() { Health = health } });
}
