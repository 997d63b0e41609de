using Bunit;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Components;

/// <summary>The page of a server is one screen with tabs: each has an address, and reads only what it shows.</summary>
public sealed class ServerTabTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;

    [Theory]
    [InlineData("/servers/7", ServerTab.Overview)]
    [InlineData("/servers/7/syncs", ServerTab.Syncs)]
    [InlineData("/servers/7/about", ServerTab.About)]
    [InlineData("/servers/7/repair", null)]
    [InlineData("/servers/7/timeline", null)]
    [InlineData("/servers/7/syncs/wsus-1", null)]
    [InlineData("/servers/77", null)]
    [InlineData("/servers/77/syncs", null)]
    [InlineData("/", null)]
    public void Find_Path_IsATabOfThatServerOrNone(string path, ServerTab? expected) => Assert.Equal(expected, ServerTabs.Find(7, path));

    [Fact]
    public async Task Tabs_EachIsALink_AndTheOpenOneIsSaid()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        var page = Open(host, server);

        page.WaitForAssertion(() => Assert.Equal(ServerTabs.All.Count, page.FindAll("nav.tabs a").Count));
        foreach (var (tab, _, part) in ServerTabs.All)
        {
            var address = part is null ? $"/servers/{server.Id}" : $"/servers/{server.Id}/{part}";
            Assert.Equal(address, page.Find($"nav.tabs a[data-tab='{tab}']").GetAttribute("href"));
            host.Navigation.NavigateTo(address);
            page.WaitForAssertion(() => Assert.Equal(tab.ToString(), page.Find("nav.tabs a[aria-current='page']").GetAttribute("data-tab")));
            Assert.Single(page.FindAll("nav.tabs a[aria-current]"));
        }
    }

    [Theory]
    [InlineData(null, "why")]
    [InlineData("syncs", "syncs")]
    [InlineData("settings", "settings")]
    [InlineData("services", "services")]
    [InlineData("clients", "clients")]
    [InlineData("log", "log")]
    [InlineData("repairs", "repairs")]
    [InlineData("about", "about")]
    public async Task Tab_ByItsAddress_ShowsItsCardAndNoOther(string? part, string card)
    {
        string[] cards = ["why", "syncs", "settings", "services", "clients", "log", "repairs", "about"];
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));

        var page = Open(host, server, part);

        page.WaitForAssertion(() => Assert.Single(page.FindAll($"#{card}")));
        Assert.Equal([card], cards.Where(id => page.FindAll($"#{id}").Count > 0));
    }

    [Fact]
    public async Task RepairOverTheTab_LeavesTheTabAsItIs()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now), null, TestSnapshots.Syncs(Now, SyncResult.Cancelled));
        var page = Open(host, server, "services");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("#services")));

        await page.Find(".server-head .actions button").ClickAsync(new());

        Assert.EndsWith($"/servers/{server.Id}/repair?playbook=full-repair", host.Navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal("Services", page.Find("nav.tabs a[aria-current='page']").GetAttribute("data-tab")));
    }

    [Fact]
    public async Task Settings_ShowsEverySettingOnce_DifferencesFirstThenInTheGroupsOfIisManager()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Drifted(Now));

        var page = Open(host, server, "settings");

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#settings tr[data-setting]")));
        var shown = page.FindAll("#settings tr[data-setting]").Select(row => row.GetAttribute("data-setting")!).ToList();
        Assert.Equal(PoolSettingCatalog.All.Select(setting => setting.Key).Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
        var groups = page.FindAll("#settings tbody").Select(body => body.GetAttribute("data-group")!).ToList();
        Assert.Equal("Different", groups[0]);
        Assert.Equal(Enum.GetNames<PoolSettingGroup>().Where(groups.Contains), groups.Skip(1));
        Assert.All(page.FindAll("#settings tbody[data-group='Different'] tr[data-setting]"), row => Assert.Contains("drifted", row.ClassList));
        Assert.Empty(page.FindAll("#settings tbody:not([data-group='Different']) tr.drifted"));
        Assert.Single(page.FindAll("#settings [data-applications]"));
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(7, true)]
    public async Task Pool_ApplicationsStandBesideItsState(int applications, bool warns)
    {
        await using var host = await PageHost.StartAsync();
        var snapshot = TestSnapshots.Healthy(Now);
        var iis = snapshot.Iis.Value!;
        snapshot = snapshot with { Iis = snapshot.Iis with { Value = iis with { Pools = [.. iis.Pools.Select(pool => pool.Name == iis.WsusPoolName ? pool with { ApplicationCount = applications } : pool)] } } };
        var server = await host.AddServerAsync("BRN-WSUS02", snapshot);

        var page = Open(host, server, "services");

        page.WaitForAssertion(() => Assert.Single(page.FindAll($"#services [data-applications='{applications}']")));
        Assert.Equal(warns, page.Find("#services [data-applications]").ClassList.Contains("tone-warning"));
        Assert.StartsWith($"{applications} of {AppPool.ExpectedWsusApplications}", page.Find("#services [data-applications]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_WhileARepairGoesOn_CannotBeRestarted_AndSayWhy()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        var page = Open(host, server, "services");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#services button")));
        Assert.All(page.FindAll("#services button"), button => Assert.False(button.HasAttribute("disabled")));

        host.Live.Publish(server with { ActiveRepair = new(server.Id, server.Name, "run-1", "full-repair", 3, 9, "Restart the pool", Now.AddMinutes(-4)), Revision = server.Revision + 1 });

        page.WaitForAssertion(() => Assert.Single(page.FindAll("#verbs-wait")));
        Assert.NotEmpty(page.FindAll("#services button"));
        Assert.All(page.FindAll("#services button"), button => Assert.Equal((true, "verbs-wait"), (button.HasAttribute("disabled"), button.GetAttribute("aria-describedby"))));
    }

    [Fact]
    public async Task Overview_FoldsWhatIsNotTheCause_AndLooksOnlyAtWhatDiffers()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Drifted(Now) with { Client = Samples.Client(Now, change: state => state.Endpoint is ClientEndpoint.Content ? state with { Answer = new ProbeAnswer { Status = 503, Duration = TimeSpan.FromMilliseconds(2) } } : state) });
        host.Live.Publish(server with
        {
            Assessment = server.Assessment! with
            {
                Findings =
                [
                    Finding("cause", Severity.Critical, isCause: true),
                    Finding("symptom-1", Severity.Critical),
                    Finding("symptom-2", Severity.Warning),
                    Finding("note", Severity.Information),
                ],
            },
            Problems = [new(7, FindingIds.PoolMemoryLimit, "Pool over memory limit", Severity.Critical, ProblemState.Open, Now.AddHours(-3), null, false, ProblemKind.Server)],
            Revision = server.Revision + 1,
        });

        var page = Open(host, server);

        page.WaitForAssertion(() => Assert.Equal(4, page.FindAll("#why .finding").Count));
        Assert.Single(page.FindAll("#why > .section-body > .findings > .finding"));
        Assert.Equal(2, page.FindAll("#why details[data-part='symptoms'] .finding").Count);
        Assert.Single(page.FindAll("#why details[data-part='notes'] .finding"));
        Assert.Empty(page.FindAll("#why details[open]"));
        Assert.Equal(server.Status.DriftCount, int.Parse(page.Find("#deviations [data-part='settings']").GetAttribute("data-count")!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(("1", "0"), (page.Find("#deviations [data-part='clients']").GetAttribute("data-count"), page.Find("#deviations [data-part='services']").GetAttribute("data-count")));
        Assert.Equal("/problems/7", page.Find(".server-head a[data-problem]").GetAttribute("href"));
    }

    [Fact]
    public async Task About_NamesTheEditionThatWindowsSaid()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.WriteAsync(context => context.Servers.Single(entity => entity.Id == server.Id).OperatingSystem = "Microsoft Windows Server 2022 Standard");

        var page = Open(host, server, "about");

        page.WaitForAssertion(() => Assert.Contains("Windows Server 2022", page.Find("[data-fact='system']").TextContent, StringComparison.Ordinal));
        Assert.Single(page.FindAll("#policy"));
        Assert.Single(page.FindAll("#readings"));
        Assert.Contains(page.FindAll("#about a"), link => link.GetAttribute("href") == $"/servers/{server.Id}/edit");
    }

    [Fact]
    public async Task Syncs_SeenByBoth_AreOneRow_AndFiltersAreInTheAddress()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.WriteAsync(context =>
        {
            context.SyncRuns.Add(new SyncRunEntity { ServerId = server.Id, RunId = "wsus-1", Source = SyncSource.Wsus, Trigger = SyncTrigger.Manual, StartedAt = Now.UtcDateTime.AddHours(-3), EndedAt = Now.UtcDateTime.AddHours(-2.9), Result = SyncResult.Succeeded });
            context.SyncRuns.Add(new SyncRunEntity { ServerId = server.Id, RunId = "mecm-1", Source = SyncSource.ConfigMgr, Trigger = SyncTrigger.Scheduled, StartedAt = Now.UtcDateTime.AddHours(-3).AddMinutes(-1), EndedAt = Now.UtcDateTime.AddHours(-2.8), Result = SyncResult.Succeeded, IsCounted = false });
            context.SyncRuns.Add(new SyncRunEntity { ServerId = server.Id, RunId = "wsus-2", Source = SyncSource.Wsus, Trigger = SyncTrigger.Manual, StartedAt = Now.UtcDateTime.AddHours(-9), EndedAt = Now.UtcDateTime.AddHours(-8.9), Result = SyncResult.Cancelled });
        });

        var page = Open(host, server, "syncs");

        page.WaitForAssertion(() => Assert.Equal(["wsus-1", "wsus-2"], page.FindAll("#syncs tr[data-sync]").Select(row => row.GetAttribute("data-sync"))));
        var both = page.Find("#syncs tr[data-sync='wsus-1']");
        Assert.Equal("mecm-1", both.GetAttribute("data-other"));
        Assert.Equal([$"/servers/{server.Id}/syncs/wsus-1", $"/servers/{server.Id}/syncs/mecm-1"], both.QuerySelectorAll("a.run").Select(link => link.GetAttribute("href")));

        host.Navigation.NavigateTo($"/servers/{server.Id}/syncs?result=cancelled");
        page.WaitForAssertion(() => Assert.Equal(["wsus-2"], page.FindAll("#syncs tr[data-sync]").Select(row => row.GetAttribute("data-sync"))));
        Assert.Equal("1", page.Find("#syncs [data-total]").GetAttribute("data-total"));
    }

    private static Finding Finding(string id, Severity severity, bool isCause = false) => new() { Id = id, Title = id, Explanation = "x", Source = "x", Severity = severity, IsCause = isCause };

    private static IRenderedComponent<ServerView> Open(PageHost host, LiveServer server, string? part = null)
    {
        host.Navigation.NavigateTo(part is null ? $"/servers/{server.Id}" : $"/servers/{server.Id}/{part}");
        return host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));
    }
}
