using Bunit;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Components;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Fleet;

/// <summary>The grid under the board: what is folded, its columns, its pages, the panel beside it, and its other faces.</summary>
public sealed class FleetGridTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;

    [Fact]
    public async Task Rows_HealthyServers_AreOneLineUntilSomebodyAsksForThem()
    {
        await using var host = await PageHost.StartAsync();
        var ids = await AddAsync(host, healthy: 3, stopped: 1);
        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal([ids[^1]], RowsOf(page)));
        Assert.Equal("3", page.Find(".healthy").GetAttribute("data-count"));
        Assert.StartsWith("4 ", page.Find(".toolbar [role='status']").TextContent, StringComparison.Ordinal);

        foreach (var (address, rows) in new[] { ("/?healthy=open", 4), ("/?health=healthy", 3), ("/?sort=name&descending=false", 4), ("/?search=wsus", 4), ("/", 1) })
        {
            host.Navigation.NavigateTo(address);
            page.WaitForAssertion(() => Assert.Equal(rows, page.FindAll("tbody tr").Count));
        }
    }

    [Fact]
    public async Task Rows_AllServersHealthy_AreOneLine()
    {
        await using var host = await PageHost.StartAsync();
        await AddAsync(host, healthy: 2, stopped: 0);
        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal("2", page.Find(".healthy").GetAttribute("data-count")));
        Assert.Empty(page.FindAll("tbody tr"));
        Assert.Empty(page.FindAll(".empty-state"));
    }

    [Fact]
    public async Task Rows_AHealthyServerThatIsRepaired_IsNotFolded()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        host.Live.Publish(server with { ActiveRepair = new ActiveRepair(server.Id, server.Name, "r1", "sync-only", 1, 1, "", Now) { IsWaiting = true } });
        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal([server.Id], RowsOf(page)));
    }

    [Fact]
    public async Task SelectMatching_WithHealthyServersFolded_LeavesThemOut()
    {
        await using var host = await PageHost.StartAsync();
        var ids = await AddAsync(host, healthy: 2, stopped: FleetQuery.MinimumPageSize + 1);
        host.Navigation.NavigateTo("/?pageSize=10");
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Equal(FleetQuery.MinimumPageSize, page.FindAll("tbody tr").Count));

        await page.Find("thead input").ChangeAsync(new() { Value = true });
        await page.Find(".selection .link-button").ClickAsync(new());

        Assert.Equal($"/repairs/batch?servers={string.Join(',', ids[2..])}", Uri.UnescapeDataString(page.Find(".selection a").GetAttribute("href")!));
    }

    [Fact]
    public async Task Columns_InTheAddress_AreThoseOfHeadAndRows()
    {
        await using var host = await PageHost.StartAsync();
        await AddAsync(host, healthy: 0, stopped: 1);
        host.Navigation.NavigateTo("/?columns=site.server-220.lastGoodSync");
        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal(["Site", "Server", "LastGoodSync"], page.FindAll("th[data-head]").Select(head => head.GetAttribute("data-head"))));
        Assert.Equal([null, "220"], page.FindAll("col[data-column]").Take(2).Select(column => column.GetAttribute("data-column") == "Server" ? column.GetAttribute("width") : null));
        Assert.Equal(["site-cell", "server-cell", "lastgoodsync-cell"], page.Find("tbody tr").Children.Where(cell => !cell.ClassList.Contains("select-cell")).Select(cell => cell.ClassName));
    }

    [Fact]
    public async Task Columns_TakenAwayMovedAndResized_AreInTheAddressAndKeptInTheBrowser()
    {
        await using var host = await PageHost.StartAsync();
        await AddAsync(host, healthy: 0, stopped: 1);
        var script = host.JSInterop.SetupModule("./app.js");
        script.Mode = JSRuntimeMode.Loose;
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));

        await page.Find(".columns li[data-column='Strip'] input").ChangeAsync(new() { Value = false });
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("td.strip-cell")));
        await page.InvokeAsync(() => page.Instance.MoveColumnAsync("Site", "State"));
        await page.InvokeAsync(() => page.Instance.ResizeColumnAsync("Server", 1_000_000));
        await page.InvokeAsync(() => page.Instance.ResizeColumnAsync("Weather", 100));
        await page.InvokeAsync(() => page.Instance.MoveColumnAsync("Strip", "State"));

        const string columns = "site.state.server-800.cause.lastSync.updates.pool.drift";
        Assert.EndsWith($"/?columns={columns}", host.Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal(columns, script.Invocations["keepColumns"][^1].Arguments[0]);
    }

    [Fact]
    public async Task Columns_NotInTheAddress_AreThoseChosenLast()
    {
        await using var host = await PageHost.StartAsync();
        await AddAsync(host, healthy: 0, stopped: 1);
        var script = host.JSInterop.SetupModule("./app.js");
        script.Mode = JSRuntimeMode.Loose;
        script.Setup<string>("keptColumns").SetResult("server.drift");
        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal(["Server", "Drift"], page.FindAll("th[data-head]").Select(head => head.GetAttribute("data-head"))));
        Assert.EndsWith("/?columns=server.drift", host.Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PageSize_Chosen_IsInTheAddress()
    {
        await using var host = await PageHost.StartAsync();
        await AddAsync(host, healthy: 0, stopped: FleetQuery.DefaultPageSize + 1);
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Equal(FleetQuery.DefaultPageSize, page.FindAll("tbody tr").Count));

        await page.Find(".rows select").ChangeAsync(new() { Value = "100" });

        page.WaitForAssertion(() => Assert.Equal(FleetQuery.DefaultPageSize + 1, page.FindAll("tbody tr").Count));
        Assert.EndsWith("/?pageSize=100", host.Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peek_ARow_ShowsWhatDiffersAndTheWayToRepairAndProblem_AndFollowsTheServer()
    {
        await using var host = await PageHost.StartAsync();
        var drifted = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Drifted(Now), null, TestSnapshots.Syncs(Now, SyncResult.Cancelled));
        drifted = host.Publish(drifted with { Problems = [new(7, "pool-memory-limit", "Memory", Severity.Critical, Dashboard.Data.Entities.ProblemState.Open, Now, null, false, default)] });
        var other = await host.AddServerAsync("GVA-WSUS03", TestSnapshots.PoolStopped(Now));
        host.Navigation.NavigateTo("/?healthy=open");
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));

        await page.InvokeAsync(() => page.Instance.Peek(drifted.Id));
        page.WaitForAssertion(() => Assert.Equal($"{drifted.Id}", page.Find(".peek").GetAttribute("data-peek")));
        Assert.EndsWith($"/?healthy=open&peek={drifted.Id}", host.Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal($"{drifted.Status.DriftCount}", page.Find(".peek .differing").GetAttribute("data-count"));
        Assert.True(drifted.Status.DriftCount > 0);
        Assert.Equal("/problems/7", page.Find(".peek a[data-problem]").GetAttribute("href"));
        Assert.Equal($"{drifted.Id}", page.Find("tbody tr[aria-current]").GetAttribute("data-server"));
        Assert.Contains(page.FindAll(".peek nav a"), link => link.GetAttribute("href") == $"/servers/{drifted.Id}/settings");

        await page.InvokeAsync(() => page.Instance.Peek(other.Id));
        page.WaitForAssertion(() => Assert.Equal($"/servers/{other.Id}/repair?playbook={other.Status.Playbook}", page.Find(".peek .actions a").GetAttribute("href")));
        host.Publish(other with { Snapshot = TestSnapshots.Healthy(Now) });
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".peek .actions a")));

        await page.InvokeAsync(page.Instance.ClosePeek);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".peek")));
        Assert.EndsWith("/?healthy=open", host.Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peek_AnotherRow_RendersTheTwoRowsAlone_AndAsksNobody()
    {
        await using var host = await PageHost.StartAsync();
        var ids = await AddAsync(host, healthy: 0, stopped: 3);
        host.Navigation.NavigateTo($"/?peek={ids[0]}");
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".triage .since")));
        var rows = page.FindComponents<FleetRowView>().ToDictionary(row => row.Instance.Server.Id);
        var before = ids.ToDictionary(id => id, id => rows[id].RenderCount);
        host.Statements.Clear();

        await page.InvokeAsync(() => page.Instance.Peek(ids[1]));

        page.WaitForAssertion(() => Assert.Equal($"{ids[1]}", page.Find(".peek").GetAttribute("data-peek")));
        Assert.Equal([1, 1, 0], ids.Select(id => rows[id].RenderCount - before[id]));
        Assert.Empty(host.Statements.All);
    }

    [Fact]
    public async Task Peek_AServerThatIsNotThere_ShowsNothing()
    {
        await using var host = await PageHost.StartAsync();
        await AddAsync(host, healthy: 0, stopped: 1);
        host.Navigation.NavigateTo("/?peek=99");
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));

        Assert.Empty(page.FindAll(".peek"));
        await page.InvokeAsync(() => page.Instance.Peek(98));
        Assert.EndsWith("/?peek=99", host.Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faces_WithAFilter_ShowTheSameServers()
    {
        await using var host = await PageHost.StartAsync();
        var ids = await AddAsync(host, healthy: 2, stopped: 2);
        await host.AddSyncAsync(ids[2], "s1", Now.AddDays(-1), SyncResult.Failed);
        host.Navigation.NavigateTo("/?health=critical");
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Equal(ids[2..], RowsOf(page)));

        await FollowAsync(host, page, "map");
        page.WaitForAssertion(() => Assert.Equal(ids[2..], page.FindAll(".cell").Select(IdOf)));
        Assert.All(page.FindAll(".cell"), cell => Assert.Equal(("×", true), (cell.TextContent, cell.ClassList.Contains("tone-bad"))));

        await FollowAsync(host, page, "days");
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".strip-names a").Count));

        await FollowAsync(host, page, "tree");
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".node").Count));

        static int IdOf(AngleSharp.Dom.IElement cell) => FleetQuery.FromUri(cell.GetAttribute("href")!).Peek!.Value;
    }

    [Fact]
    public async Task Map_AServerChanges_ItsCellChangesAndStaysWhereItIs()
    {
        await using var host = await PageHost.StartAsync();
        var first = await host.AddServerAsync("BRN-WSUS01", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("ZRH-WSUS01", TestSnapshots.Healthy(Now));
        host.Navigation.NavigateTo("/?view=map");
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Equal(["✓", "✓", "✓"], page.FindAll(".cell").Select(cell => cell.TextContent)));
        var zurich = page.FindComponents<FleetMapLine>()[1];
        var before = zurich.RenderCount;

        host.Publish(first with { Snapshot = TestSnapshots.PoolStopped(Now) });
        for (var seconds = 0; seconds < 100 && page.Find(".cell").TextContent != "×"; seconds++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await page.InvokeAsync(() => { });
        }

        Assert.Equal(["×", "✓", "✓"], page.FindAll(".cell").Select(cell => cell.TextContent));
        Assert.Equal(before, zurich.RenderCount);
    }

    [Fact]
    public async Task Days_OfAPage_HaveTheOrderOfTheFleet_AndOnlyItsServers()
    {
        await using var host = await PageHost.StartAsync();
        var ids = await AddAsync(host, healthy: 1, stopped: FleetQuery.MinimumPageSize);
        host.Navigation.NavigateTo("/?view=days&pageSize=10");
        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal(ids[1..].Select(id => $"/servers/{id}/timeline"), page.FindAll(".strip-names a").Select(link => link.GetAttribute("href"))));
    }

    [Fact]
    public async Task Csv_TheLink_HasTheFiltersAndNotTheLook()
    {
        await using var host = await PageHost.StartAsync();
        await AddAsync(host, healthy: 1, stopped: 1);
        host.Navigation.NavigateTo("/?site=BRN&sort=name&descending=false&columns=server&peek=1&pageSize=100");
        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal("/api/v1/servers.csv?site=BRN&sort=name", page.Find(".tools a[download]").GetAttribute("href")));
    }

    /// <summary>Healthy servers, then stopped ones, in the order of their names. Their ids.</summary>
    private static async Task<List<int>> AddAsync(PageHost host, int healthy, int stopped)
    {
        var ids = new List<int>();
        for (var number = 0; number < healthy + stopped; number++)
        {
            ids.Add((await host.AddServerAsync($"BRN-WSUS{number:00}", number < healthy ? TestSnapshots.Healthy(Now) : TestSnapshots.PoolStopped(Now))).Id);
        }

        return ids;
    }

    private static IEnumerable<int> RowsOf(IRenderedComponent<FleetPage> page) => page.FindAll("tbody tr").Select(row => int.Parse(row.GetAttribute("data-server")!, System.Globalization.CultureInfo.InvariantCulture));

    private static async Task FollowAsync(PageHost host, IRenderedComponent<FleetPage> page, string face)
    {
        var link = page.FindAll(".segments a").Single(one => one.GetAttribute("href")!.Contains($"view={face}", StringComparison.Ordinal)).GetAttribute("href")!;
        Assert.Contains("health=critical", link, StringComparison.Ordinal);
        await page.InvokeAsync(() => host.Navigation.NavigateTo(link));
    }
}
