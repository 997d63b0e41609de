using WsusDashboard.Dashboard.Features.Wall;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Wall;

public sealed class WallViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_NoServers_IsEmpty()
    {
        var view = WallView.Of([], Now);

        Assert.Equal((0, 0, null, 0, 0), (view.NeedSomeone, view.Total, view.FreshPercent, view.Groups.Count, view.Sites.Count));
    }

    [Fact]
    public void Of_Servers_CountsWhoNeedsSomeoneAndWhoIsFresh()
    {
        var view = WallView.Of(
            [
                Server(1, "BRN", Health.Critical, "pool-stopped", lastGoodHours: 30),
                Server(2, "BRN", Health.Healthy, null, lastGoodHours: 2),
                Server(3, "ZRH", Health.Unreachable, "agent-unreachable", lastGoodHours: null),
                Server(4, "ZRH", Health.Warning, "pool-stopped", lastGoodHours: 24),
            ],
            Now);

        Assert.Equal((3, 1, 1, 4, 50), (view.NeedSomeone, view.Critical, view.Silent, view.Total, view.FreshPercent));
        Assert.Equal([("pool-stopped", 2), ("agent-unreachable", 1)], view.Groups.Select(group => (group.Id, group.Servers)));
        Assert.Equal(["BRN", "ZRH"], view.Sites.Select(site => site.Name));
        Assert.Equal(["S1", "S2"], view.Sites[0].Cells.Select(cell => cell.Name));
    }

    [Fact]
    public void Of_TheSameFleet_IsEqual()
    {
        LiveServer[] servers = [Server(1, "BRN", Health.Critical, "pool-stopped", 30), Server(2, "ZRH", Health.Healthy, null, 2)];

        Assert.Equal(WallView.Of(servers, Now), WallView.Of(servers, Now.AddMinutes(1)));
    }

    [Fact]
    public void Of_LargeFleet_ShowsTheWorstOfEachSite()
    {
        var view = WallView.Of([.. Enumerable.Range(1, 401).Select(id => Server(id, id % 2 == 0 ? "BRN" : "ZRH", id == 400 ? Health.Critical : Health.Healthy, null, 1))], Now);

        Assert.Equal([("BRN", 200, "S400"), ("ZRH", 201, "S1")], view.Sites.Select(site => (site.Name, site.Servers, Assert.Single(site.Cells).Name)));
    }

    private static LiveServer Server(int id, string site, Health health, string? cause, int? lastGoodHours) => new()
    {
        Id = id,
        Name = $"S{id}",
        Site = site,
        Address = "",
        Baseline = BaselineCatalog.GuideId,
        Status = new() { Health = health, CauseId = cause, CauseTitle = cause, LastGoodSyncAt = lastGoodHours is { } hours ? Now.AddHours(-hours).UtcDateTime : null },
    };
}
