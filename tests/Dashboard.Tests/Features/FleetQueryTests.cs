using System.Collections.Frozen;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Features;

public sealed class FleetQueryTests
{
    private readonly LiveFleet _live = new(new FakeTimeProvider(Clock.Start));
    private int _lastId;

    /// <summary>Each column, with what it sorts by as a number that rises with it.</summary>
    public static TheoryData<FleetSort, Func<LiveServer, double>> Sorts => new()
    {
        { FleetSort.Health, server => (int)server.Status.Health },
        { FleetSort.Name, server => server.Id },
        { FleetSort.Site, server => server.Site == "BRN" ? 0 : 1 },
        { FleetSort.Pool, server => (int)server.Status.PoolState },
        { FleetSort.Drift, server => server.Status.DriftCount ?? -1 },
        { FleetSort.LastSync, server => server.Status.LastSyncAt?.Ticks ?? 0 },
        { FleetSort.LastGoodSync, server => server.Status.LastGoodSyncAt?.Ticks ?? 0 },
        { FleetSort.Updates, server => server.Status.ConfigMgrUpdates ?? server.Status.Updates ?? -1 },
        { FleetSort.Cause, server => server.Status.CauseTitle is null ? 0 : 1 },
    };

    [Fact]
    public void Sorts_AreAllTheColumns() => Assert.Equal(Enum.GetValues<FleetSort>().Length, Sorts.Count);

    [Theory]
    [MemberData(nameof(Sorts))]
    public void TakePage_AnyOrder_PagesAreWholeDisjointAndSorted(FleetSort sort, Func<LiveServer, double> key)
    {
        Fill(45);
        foreach (var descending in new[] { false, true })
        {
            var pages = Enumerable.Range(1, 5).Select(page => new FleetQuery { Sort = sort, Descending = descending, Page = page, PageSize = 10 }.TakePage(_live.GetAll())).ToList();
            var servers = pages.SelectMany(page => page.Items).ToList();

            Assert.All(pages, page => Assert.Equal(45, page.Total));
            Assert.Equal(45, servers.DistinctBy(server => server.Id).Count());
            Assert.Equal(servers.Select(key).Order().ToList(), (descending ? servers.AsEnumerable().Reverse() : servers).Select(key));
        }
    }

    [Fact]
    public void TakePage_ByHealth_WorstFirstThenByName()
    {
        Add("b", new() { Health = Health.Healthy });
        Add("c", new() { Health = Health.Critical });
        Add("A", new() { Health = Health.Critical });
        Add("d", new() { Health = Health.Unreachable });

        Assert.Equal(["d", "A", "c", "b"], NamesOf(new()));
    }

    [Fact]
    public void TakePage_SameName_TheIdDecides()
    {
        var ids = Enumerable.Range(0, 3).Select(_ => Add("twin", new()).Id).ToList();

        Assert.Equal(ids, new FleetQuery { Sort = FleetSort.Updates }.TakePage(_live.GetAll()).Items.Select(server => server.Id));
    }

    [Fact]
    public void TakePage_TagAndOwner_NarrowWithoutCase_AndAreInTheAddress()
    {
        var (first, second) = (Add("BRN-01", new()), Add("BRN-02", new()));
        Add("BRN-03", new());
        _live.Describe(new Dictionary<int, ServerDescription>
        {
            [first.Id] = new(["branch", "Ring 1"], new(null, "Team Bern"), 1),
            [second.Id] = new(["Ring 1"], null, 1),
        }.ToFrozenDictionary());

        Assert.Equal(["BRN-01", "BRN-02"], NamesOf(new() { Tag = "ring 1" }));
        Assert.Equal(["BRN-01"], NamesOf(new() { Tag = "ring 1", Owner = "team bern" }));
        Assert.Equal(["BRN-01"], NamesOf(FleetQuery.FromUri(new FleetQuery { Tag = "branch" }.ToUri())));
        Assert.Equal([new TagCount("branch", 1), new TagCount("Ring 1", 2)], TagCount.Of(_live.GetAll()));
        Assert.Equal([new OwnerCount("Team Bern", 1)], OwnerCount.Of(_live.GetAll()));
        Assert.True(new FleetQuery { Owner = "x" }.IsFiltered);
    }

    [Fact]
    public void Describe_ServerThatIsPublishedAgain_KeepsIt_AndOnlyChangesAreTold()
    {
        var (first, second) = (Add("BRN-01", new()), Add("BRN-02", new()));
        var said = new Dictionary<int, ServerDescription> { [first.Id] = new(["a"], null, 1) }.ToFrozenDictionary();
        _live.Describe(said);
        var before = _live.Find(second.Id)!.Revision;

        _live.Describe(new Dictionary<int, ServerDescription>(said).ToFrozenDictionary());
        _live.Publish(first with { Status = new() { Health = Health.Critical } });

        Assert.Equal(["a"], _live.Find(first.Id)!.Description.Tags);
        Assert.Equal(before, _live.Find(second.Id)!.Revision);
        Assert.False(first.LooksLike(_live.Find(first.Id)! with { Status = first.Status }));
    }

    [Fact]
    public void TakePage_EachFilter_Narrows()
    {
        Add("ZÜRICH-01", new() { Health = Health.Critical, DriftCount = 3, CauseId = "pool-stopped", CauseTitle = "Pool stopped" }, "ZRH", "SRV-9");
        Add("BRN-02", new() { Health = Health.Healthy, DriftCount = 0 });
        Add("BRN-03", new() { Health = Health.Warning });

        Assert.Equal(["ZÜRICH-01"], NamesOf(new() { Search = "zürich" }));
        Assert.Equal(["ZÜRICH-01"], NamesOf(new() { Search = "srv-9 zrh" }));
        Assert.Equal(["BRN-02"], NamesOf(new() { Search = "HTTPS://brn-02" }));
        Assert.Equal(["ZÜRICH-01"], NamesOf(new() { Health = Health.Critical }));
        Assert.Equal(["ZÜRICH-01"], NamesOf(new() { Site = "ZRH" }));
        Assert.Empty(NamesOf(new() { Site = "zrh" }));
        Assert.Equal(["ZÜRICH-01"], NamesOf(new() { Drifted = true }));
        Assert.Equal(["BRN-02"], NamesOf(new() { Drifted = false }));
        Assert.Equal(["ZÜRICH-01"], NamesOf(new() { Cause = "pool-stopped" }));
        Assert.Empty(NamesOf(new() { Search = "zürich brn" }));
        Assert.Empty(NamesOf(new() { Search = "100%" }));
    }

    [Fact]
    public void TakePage_PageBeyondTheEnd_GivesTheLast()
    {
        Fill(12);

        var page = new FleetQuery { Page = 99, PageSize = 10 }.TakePage(_live.GetAll());

        Assert.Equal((2, 12, 2), (page.Page, page.Total, page.Items.Count));
    }

    [Fact]
    public void FleetCounts_Mixed_CountWithTheEarliestSince()
    {
        var since = Clock.Start.UtcDateTime;
        Add("a", new() { Health = Health.Critical, HealthSince = since });
        Add("b", new() { Health = Health.Critical, HealthSince = since.AddHours(-2) });
        Add("c", new() { Health = Health.Healthy, HealthSince = since });

        var counts = FleetCounts.Of(_live.GetAll());

        Assert.Equal((2, 1, 0, 3), (counts.Critical.Count, counts.Healthy.Count, counts.Unreachable.Count, counts.Total));
        Assert.Equal(Clock.Start.AddHours(-2), counts.Critical.Since);
        Assert.Null(counts.Unreachable.Since);
    }

    [Fact]
    public void LastGood_SomeWithout_ThoseComeFirst()
    {
        Add("new", new() { LastGoodSyncAt = Clock.Start.UtcDateTime });
        Add("never", new());
        Add("old", new() { LastGoodSyncAt = Clock.Start.UtcDateTime.AddDays(-6) });

        Assert.Equal([("never", null), ("old", Clock.Start.AddDays(-6))], LastGood.Worst(_live.GetAll(), 2).Select(server => (server.Name, server.LastGoodSyncAt)));
    }

    [Fact]
    public void SitesAndCauses_AreCounted()
    {
        Add("a", new() { CauseId = "rare", CauseTitle = "Rare" }, "ZRH");
        Add("b", new() { CauseId = "often", CauseTitle = "Often" });
        Add("c", new() { CauseId = "often", CauseTitle = "Often" });
        Add("d", new());

        Assert.Equal([new("BRN", 3), new("ZRH", 1)], SiteCount.Of(_live.GetAll()));
        Assert.Equal([new("often", "Often", 2), new("rare", "Rare", 1)], CauseCount.Of(_live.GetAll()));
    }

    [Fact]
    public async Task VisibleServers_CallerOfOneSite_KnowsNothingOfOthers()
    {
        var brn = Add("a", new() { Health = Health.Critical });
        var zrh = Add("b", new() { Health = Health.Critical }, "ZRH");
        _live.Reset(_live.GetAll());
        var servers = new VisibleServers(_live, new Caller(_ => new Access(CallerKind.Session, "anna", [new Grant(Role.Viewer, SiteScope.Of("ZRH"))])));

        var view = FleetView.Of(new(), new FleetDigest(await servers.LoadAsync(TestContext.Current.CancellationToken)));

        Assert.Equal([zrh.Id], view.Page.Items.Select(server => server.Id));
        Assert.Equal((1, 1), (view.Counts.Total, view.Page.Total));
        Assert.Equal(["ZRH"], view.Sites.Select(site => site.Site));
        Assert.Equal([zrh.Id], view.WorstLastGood.Select(server => server.ServerId));
        Assert.Null(servers.Find(brn.Id));
    }

    [Fact]
    public async Task LoadAsync_DashboardStarts_WaitsForTheStoredServers()
    {
        var servers = new VisibleServers(_live, Caller.OfDashboard);
        var loading = servers.LoadAsync(TestContext.Current.CancellationToken);
        Assert.False(loading.IsCompleted);

        _live.Reset([Server(1, "a", new(), "BRN", "")]);

        Assert.Equal(["a"], (await loading).Select(server => server.Name));
    }

    [Fact]
    public void FleetQuery_ThroughAnAddress_StaysTheSame()
    {
        var query = new FleetQuery { Search = "a b&c", Health = Health.Unreachable, Site = "ZRH", Drifted = false, Cause = "pool-stopped", Sort = FleetSort.LastSync, Descending = true, Page = 3, PageSize = 100, Face = FleetFace.Days, Columns = FleetColumns.Default.Move(FleetColumn.Site, -9).Resize(FleetColumn.Server, 220), ShowsHealthy = true, Peek = 7 };

        Assert.Equal(query, FleetQuery.FromUri("http://localhost" + query.ToUri()));
        Assert.Equal(new FleetQuery(), FleetQuery.FromUri("http://localhost/"));
        Assert.Equal("/", new FleetQuery().ToUri());
        Assert.Equal(new FleetQuery(), FleetQuery.FromUri("http://localhost/?page=-4&pageSize=x&health=green&sort=99&view=wall&columns=server.server&healthy=yes&peek=-1"));
    }

    private IEnumerable<string> NamesOf(FleetQuery query) => query.TakePage(_live.GetAll()).Items.Select(server => server.Name);

    private LiveServer Add(string name, ServerStatus status, string site = "BRN", string computerName = "")
    {
        var server = Server(++_lastId, name, status, site, computerName);
        _live.Publish(server);
        return server;
    }

    private void Fill(int count)
    {
        for (var index = 0; index < count; index++)
        {
            Add($"server-{index:00}", new()
            {
                Health = (Health)(index % 5),
                PoolState = (PoolState)(index % 4),
                DriftCount = index % 3 == 0 ? null : index % 7,
                LastSyncAt = index % 4 == 0 ? null : Clock.Start.UtcDateTime.AddHours(-index),
                LastGoodSyncAt = index % 6 == 0 ? null : Clock.Start.UtcDateTime.AddHours(-2 * index),
                LastSyncResult = SyncResult.Succeeded,
                Updates = index * 10,
                ConfigMgrUpdates = index % 9 == 0 ? index * 20 : null,
                CauseTitle = index % 2 == 0 ? null : "Pool stopped",
            }, index % 8 == 0 ? "ZRH" : "BRN");
        }
    }

    private static LiveServer Server(int id, string name, ServerStatus status, string site, string computerName) => new()
    {
        Id = id,
        Name = name,
        Site = site,
        Address = $"https://{name}:5101",
        Baseline = "guide",
        Status = status,
        Snapshot = Snapshot.Empty(new() { AgentId = "", ComputerName = computerName, AgentVersion = "" }),
    };
}
