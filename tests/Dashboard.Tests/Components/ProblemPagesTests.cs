using System.Globalization;
using Bunit;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Features.Problems;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Components;

/// <summary>Problems on the pages, and what the pages say while a repair goes on or a history is being read.</summary>
public sealed class ProblemPagesTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;

    [Fact]
    public async Task Server_WithProblems_ListsThem()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        host.Live.Publish(server with
        {
            Problems =
            [
                new(7, FindingIds.PoolStopped, "Pool stopped", Severity.Critical, ProblemState.BeingRepaired, Now.AddHours(-3), "run-1", false, ProblemKind.Server),
                new(9, FindingIds.MicrosoftOutage, "Outage at Microsoft", Severity.Warning, ProblemState.Unproven, Now.AddDays(-1), null, true, ProblemKind.Outage),
            ],
        });

        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));

        page.WaitForAssertion(() => Assert.Equal(["7", "9"], page.FindAll("#problems tbody tr").Select(row => row.GetAttribute("data-problem"))));
        Assert.Equal(["BeingRepaired", "Unproven"], page.FindAll("#problems tbody tr").Select(row => row.GetAttribute("data-state")));
        Assert.Contains("3:00:00", page.Find("#problems tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Contains(page.FindAll("#problems a"), link => link.GetAttribute("href") == $"/problems?server={server.Id}");
    }

    [Fact]
    public async Task Server_BeingRepaired_SaysSoAndAdvisesNothingThatTheRepairCarriesOut()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        host.Live.Publish(server with
        {
            ActiveRepair = new(server.Id, server.Name, "run-1", "full-repair", 3, 9, "Restart the pool", Now.AddMinutes(-4)),
            Assessment = server.Assessment! with
            {
                Findings =
                [
                    .. server.Assessment.Findings.Select(finding => finding with { Playbook = "full-repair", NextStep = "Do it.", Repair = new("run-1", FindingRepairRole.Addresses) }),
                    new() { Id = FindingIds.WsusServiceStopped, Title = "WsusService stopped", Explanation = "x", Source = "x", NextStep = "Do it.", Repair = new("run-1", FindingRepairRole.Causes) },
                ],
            },
        });

        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#why [data-repair='Addresses']")));
        Assert.Single(page.FindAll("#why [data-repair='Causes']"));
        Assert.Empty(page.FindAll("#why button"));
        Assert.DoesNotContain("Do it.", page.Find("#why").TextContent, StringComparison.Ordinal);
        Assert.Contains("Being repaired", page.Find(".server-head .top").TextContent, StringComparison.Ordinal);
        Assert.Contains("4 min", page.Find(".server-head .top").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_HistoryBeingRead_SaysSoInsteadOfNone()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        host.Live.Publish(server with { History = new(HistoryState.Reading, 1_200, 34_000) });

        var page = host.Render<ServerView>(parameters => parameters.Add(view => view.Id, server.Id));

        page.WaitForAssertion(() => Assert.Single(page.FindAll("#problems [data-history='Reading']")));
        host.Navigation.NavigateTo($"/servers/{server.Id}/syncs");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("#syncs [data-history='Reading']")));
        Assert.Contains("1,200 of 34,000", page.Find("#syncs [data-history]").TextContent, StringComparison.Ordinal);

        host.Live.Publish(server with { History = HistoryReading.Complete });

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#syncs [data-history]")));
    }

    [Fact]
    public async Task Fleet_HistoryBeingRead_TheStripAndTheTileSaySo()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("ZRH-SUP01", TestSnapshots.Healthy(Now));
        host.Live.Publish(server with { History = new(HistoryState.Reading, 1_200, 34_000) });
        host.Navigation.NavigateTo("/?healthy=open");

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".strip-cell [data-history='reading']")));
        Assert.Single(page.FindAll(".strip-cell [data-history='complete']"));
        Assert.Contains(page.FindAll(".tile"), tile => tile.GetAttribute("href") == "/?condition=readingHistory&healthy=open");
    }

    [Fact]
    public async Task Fleet_BeingRepaired_IsATileAndAFilterOfItsOwn()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        await host.AddServerAsync("ZRH-SUP01", TestSnapshots.PoolStopped(Now));
        host.Live.Publish(server with { ActiveRepair = new(server.Id, server.Name, "run-1", "full-repair", 3, 9, "Restart the pool", Now.AddMinutes(-4)) });
        host.Navigation.NavigateTo("/?condition=beingRepaired");

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.Contains("BRN-WSUS02", page.Find("tbody tr").TextContent, StringComparison.Ordinal);
        host.Navigation.NavigateTo("/?health=critical");
        page.WaitForAssertion(() => Assert.Contains("ZRH-SUP01", Assert.Single(page.FindAll("tbody tr")).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Syncs_HistoryBeingRead_SaysOfHowManyServers()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        host.Live.Publish(server with { History = new(HistoryState.Reading, 1_200, 34_000) });
        await host.AddSyncAsync(server.Id, "a", Now.AddHours(-5), SyncResult.Succeeded);

        var page = host.Render<SyncsPage>();

        page.WaitForAssertion(() => Assert.Equal("1", page.Find("[data-reading]").GetAttribute("data-reading")));
    }

    [Fact]
    public async Task Problems_Page_ListsThoseThatAreThereAndTheRestByState()
    {
        await using var host = await PageHost.StartAsync();
        var first = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        var second = await host.AddServerAsync("ZRH-SUP01", TestSnapshots.Healthy(Now));
        await AddProblemAsync(host, 1, ProblemState.Resolved, first.Id);
        await AddProblemAsync(host, 2, ProblemState.Open, first.Id, second.Id);
        await AddProblemAsync(host, 3, ProblemState.Suspected, second.Id);

        host.Navigation.NavigateTo("/problems");
        var page = host.Render<ProblemsPage>();
        page.WaitForAssertion(() => Assert.Equal(["2"], Shown(page)));
        Assert.Equal(["BRN-WSUS02", "ZRH-SUP01"], page.FindAll("tbody td a").Select(link => link.TextContent));

        host.Navigation.NavigateTo("/problems?state=resolved");
        page.WaitForAssertion(() => Assert.Equal(["1"], Shown(page)));

        host.Navigation.NavigateTo($"/problems?server={second.Id}");
        page.WaitForAssertion(() => Assert.Equal(["2"], Shown(page)));

        host.Navigation.NavigateTo($"/problems?server={second.Id}&state=resolved");
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".empty-state")));
    }

    private static IEnumerable<string?> Shown(IRenderedComponent<ProblemsPage> page) => page.FindAll("tbody tr").Select(row => row.GetAttribute("data-problem"));

    private static Task AddProblemAsync(PageHost host, long id, ProblemState state, params int[] servers) => host.WriteAsync(context =>
    {
        var cause = string.Create(CultureInfo.InvariantCulture, $"cause-{id}");
        context.Problems.Add(new() { Id = id, CauseId = cause, Title = cause, CreatedAt = Now.UtcDateTime });
        foreach (var server in servers)
        {
            context.ProblemServers.Add(new()
            {
                ProblemId = id,
                ServerId = server,
                CauseId = cause,
                Title = cause,
                State = state,
                Severity = Severity.Critical,
                StateSince = Now.UtcDateTime,
                Since = Now.AddHours(-1).UtcDateTime,
                OpenedAt = Now.UtcDateTime,
                ResolvedAt = state == ProblemState.Resolved ? Now.UtcDateTime : null,
            });
        }
    });
}
