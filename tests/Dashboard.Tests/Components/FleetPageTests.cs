using Bunit;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Components;

public sealed class FleetPageTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;

    [Fact]
    public async Task Render_NoServers_SaysHowToAddTheFirst()
    {
        await using var host = await PageHost.StartAsync();

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".first-server")));
        Assert.Contains(page.FindAll("a"), link => link.GetAttribute("href") == "/servers/add");
    }

    [Fact]
    public async Task Render_MicrosoftDoesNotAnswer_TheBannerComesAndGoesByItself()
    {
        await using var host = await PageHost.StartAsync();
        var servers = new List<LiveServer>();
        foreach (var name in new[] { "BRN-WSUS01", "BRN-WSUS02", "ZRH-WSUS01" })
        {
            servers.Add(await host.AddServerAsync(name, TestSnapshots.Healthy(Now)));
        }

        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".grid-area")));
        Assert.Empty(page.FindAll("[data-outage]"));

        servers.ForEach(server => Attempt(server, SyncResult.Failed, Now.AddMinutes(-20)));
        await PassUntilAsync(host, page, () => page.FindAll("[data-outage]").Count == 1);
        Assert.Equal(("TimedOut", "3", "2"), Shown(page.Find("[data-outage]")));

        Attempt(servers[1], SyncResult.Succeeded, Now.AddMinutes(-5));
        await PassUntilAsync(host, page, () => page.FindAll("[data-outage]").Count == 0);

        void Attempt(LiveServer server, SyncResult result, DateTimeOffset at)
        {
            var attempt = new SourceAttempt(server.Id, server.Site, "", OutageDetection.MicrosoftUpdate, at, result) { Signs = result is SyncResult.Failed ? ["TimedOut"] : [] };
            host.Live.Publish(server with { SourceAttempts = [attempt, .. host.Live.Find(server.Id)!.SourceAttempts] });
            host.Live.LookForOutages();
        }

        static (string?, string?, string?) Shown(AngleSharp.Dom.IElement banner) => (banner.GetAttribute("data-outage"), banner.GetAttribute("data-servers"), banner.GetAttribute("data-sites"));
    }

    [Fact]
    public async Task Render_UpstreamKnowsServersWithoutAnAgent_NamesThem()
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now);
        await host.AddServerAsync("ZRH-SUP01", snapshot with { Wsus = snapshot.Wsus with { Value = snapshot.Wsus.Value! with { DownstreamServers = ["server", "gva01.corp.example", "bsl01.corp.example"] } } });

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal(["bsl01.corp.example", "gva01.corp.example"], page.FindAll(".unwatched li strong").Select(name => name.TextContent)));
        Assert.StartsWith("2 of 3 ", page.Find(".unwatched summary").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_SeveralServersThatARepairCures_OffersToRepairThemAll()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("ZRH-SUP01", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        await host.AddServerAsync("GVA-WSUS03", TestSnapshots.PoolStopped(Now));

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal("/repairs/batch?servers=all", page.Find("#repair-all").GetAttribute("href")));
        Assert.Contains("(2)", page.Find("#repair-all").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_FilterInAddress_ShowsOnlyWhatPasses()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("ZRH-SUP01", TestSnapshots.Healthy(Now), null, TestSnapshots.Syncs(Now, SyncResult.Succeeded));
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now), null, TestSnapshots.Syncs(Now, SyncResult.Cancelled));
        host.Navigation.NavigateTo("/?health=critical");

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.Contains("BRN-WSUS02", page.Find("tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 of 2 servers", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Toolbar_SiteChosen_IsInTheAddress_AndBackBringsAllAgain()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("ZRH-SUP01", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        host.Navigation.NavigateTo("/?healthy=open");
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));

        await page.Find("select[aria-label='Site']").ChangeAsync(new() { Value = "BRN" });

        Assert.EndsWith("/?site=BRN&healthy=open", host.Navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));

        host.Navigation.NavigateTo("/?healthy=open");
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
    }

    [Fact]
    public async Task Row_PoolStopped_OffersTheRepairOfThatServer()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now), null, TestSnapshots.Syncs(Now, SyncResult.Cancelled));
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody button")));

        Assert.Equal("Repair BRN-WSUS02", page.Find("tbody button").TextContent);
        await page.Find("tbody button").ClickAsync(new());

        var subject = host.Services.GetRequiredService<RepairSheetState>().Subject;
        Assert.Equal("BRN-WSUS02", subject?.ServerName);
        Assert.Equal("full-repair", subject?.Playbook);
    }

    [Fact]
    public async Task Row_ProxyRefuses_OffersNoRepair_AndNamesTheNextStep()
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now);
        snapshot = snapshot with { Wsus = snapshot.Wsus with { Value = snapshot.Wsus.Value! with { UsesProxy = true, ProxyName = "proxy.example" } } };
        await host.AddServerAsync("LSN-WSUS05", snapshot, null, TestSnapshots.Syncs(Now, SyncResult.Failed, errorText: "UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required."));

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.Empty(page.FindAll("tbody button"));
        Assert.Contains("proxy", page.Find("td.cause-cell").TextContent, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(page.FindAll("td.cause-cell .next"));
    }

    [Fact]
    public async Task Row_ProxyRefusesOnAServerWhoseSettingsDrifted_OffersNoRepairEither()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("LSN-WSUS05", TestSnapshots.Drifted(Now), null, TestSnapshots.ProxyRefused(Now));

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.Empty(page.FindAll("tbody button"));
        Assert.NotEmpty(page.FindAll("td.cause-cell .next"));
    }

    [Fact]
    public async Task Row_ServerDoesNotAnswer_LooksStale_AndOffersNoRepair()
    {
        await using var host = await PageHost.StartAsync();
        var down = new LinkStatus(LinkState.Down, Now.AddMinutes(-5), "The connection was refused.", 4, Now.AddMinutes(-5));
        await host.AddServerAsync("FRB-WSUS11", TestSnapshots.PoolStopped(Now.AddMinutes(-5)), down, TestSnapshots.Syncs(Now, SyncResult.Cancelled));

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.Empty(page.FindAll("tbody button"));
        Assert.Contains("No answer", page.Find("td.state-cell").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll("td.lastsync-cell time.stale"));
    }

    [Fact]
    public async Task Live_ServerChanges_ItsRowChanges_AndTheOthersStayAsRendered()
    {
        await using var host = await PageHost.StartAsync();
        var changing = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("ZRH-SUP01", TestSnapshots.Healthy(Now));
        host.Navigation.NavigateTo("/?healthy=open");
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        var rows = page.FindComponents<FleetRowView>();
        var other = rows.Single(row => row.Instance.Server.Name == "ZRH-SUP01");
        var rendersBefore = other.RenderCount;
        var pool = changing.Snapshot!.Iis.Value!.Pools[0];

        host.Publish(changing with { Snapshot = changing.Snapshot with { Iis = changing.Snapshot.Iis with { Value = changing.Snapshot.Iis.Value with { Pools = [pool with { State = PoolState.Stopped }] } } } });

        page.WaitForAssertion(() => Assert.Contains(page.FindAll("td.pool-cell"), cell => cell.TextContent.Contains("Stopped", StringComparison.Ordinal)));
        Assert.Equal(rendersBefore, other.RenderCount);
    }

    [Fact]
    public async Task Live_ServersChangeUnderAnOpenPage_NoStatementIsSent_AndOnlyTheRowIsRendered()
    {
        await using var host = await PageHost.StartAsync();
        var changing = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("ZRH-SUP01", TestSnapshots.Healthy(Now));
        host.Navigation.NavigateTo("/?healthy=open");
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));

        // When the person last looked is read once, when the page opens.
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".triage .since")));
        host.Statements.Clear();
        var (toolbar, row) = (page.FindComponent<FleetToolbar>(), page.FindComponents<FleetRowView>().Single(view => view.Instance.Server.Id == changing.Id));
        var (toolbarRenders, rowRenders) = (toolbar.RenderCount, row.RenderCount);

        // The row at once, and nothing around it.
        host.Publish(WithUpdates(changing, 77_777));
        page.WaitForAssertion(() => Assert.Contains("77,777", row.Markup, StringComparison.Ordinal));
        Assert.Equal((rowRenders + 1, toolbarRenders), (row.RenderCount, toolbar.RenderCount));

        // The counts a moment later.
        host.Publish(changing with { Snapshot = TestSnapshots.PoolStopped(Now) });
        await PassUntilAsync(host, page, () => page.Find(".tiles a[href*='critical'] .number").TextContent == "1");

        // Filters, order, and a server more.
        host.Navigation.NavigateTo("/?search=zrh&sort=name&descending=false");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        host.Live.Publish(changing with { Id = 99, Name = "ZRH-WSUS99", Site = "ZRH" });
        await PassUntilAsync(host, page, () => page.FindAll("tbody tr").Count == 2);

        Assert.Empty(host.Statements.All);
    }

    /// <summary>Lets seconds pass on the fake clock until it is so.</summary>
    private static async Task PassUntilAsync(PageHost host, IRenderedComponent<FleetPage> page, Func<bool> condition)
    {
        for (var seconds = 0; seconds < 1_000 && !condition(); seconds++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await page.InvokeAsync(() => { });
        }

        Assert.True(condition());
    }

    private static LiveServer WithUpdates(LiveServer server, long updates) =>
        server with { Snapshot = server.Snapshot! with { Wsus = server.Snapshot.Wsus with { Value = server.Snapshot.Wsus.Value! with { Counts = new() { Updates = updates } } } } };

    [Fact]
    public async Task Live_OrderChangesUnderThePointer_WaitsUntilThePointerLeaves()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("AAA-WSUS01", TestSnapshots.PoolStopped(Now), null, TestSnapshots.Syncs(Now, SyncResult.Cancelled));
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        await page.InvokeAsync(() => page.Instance.SetPointerInside(true));

        var added = await host.AddServerAsync("BBB-WSUS02", TestSnapshots.PoolStopped(Now), null, TestSnapshots.Syncs(Now, SyncResult.Cancelled));
        await host.Time.PassAsync(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".new-order")));

        Assert.Single(page.FindAll("tbody tr"));
        await page.InvokeAsync(() => page.Instance.SetPointerInside(false));
        Assert.Equal(2, page.FindAll("tbody tr").Count);
        Assert.Contains(added.Name, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_SortedColumnChosenAgain_TurnsTheOrderInTheAddress()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        host.Navigation.NavigateTo("/?sort=name&descending=false");

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll("th[aria-sort='ascending']")));
        Assert.Contains("descending=true", page.Find("th[aria-sort='ascending'] a").GetAttribute("href"), StringComparison.Ordinal);
    }
}
