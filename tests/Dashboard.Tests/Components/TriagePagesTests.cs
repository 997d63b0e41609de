using System.Globalization;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Features.Problems;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Components;

/// <summary>Triage on the pages: groups by cause, deciding about them, and the page of a problem.</summary>
public sealed class TriagePagesTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;

    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fleet_ProblemsOfOneCause_AreAGroupWithItsCountAndActions()
    {
        await using var host = await PageHost.StartAsync();
        var (first, second) = (await AddServerAsync(host, "BRN-WSUS02"), await AddServerAsync(host, "ZRH-SUP01"));
        await host.AddServerAsync("LUN-SUP01", TestSnapshots.Healthy(Now));
        await AddProblemAsync(host, 1, "disk-full", first.Id);
        await AddProblemAsync(host, 2, "disk-full", second.Id);

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal("2", page.Find(".triage [data-cause='disk-full']").GetAttribute("data-servers")));
        Assert.Equal("2", page.Find(".triage").GetAttribute("data-needing"));
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".triage .since a[href='/changes']")));
        Assert.Equal(2, page.FindAll(".triage [data-cause='disk-full'] button[aria-expanded='false']").Count);
    }

    [Fact]
    public async Task Fleet_GroupIsAcknowledged_IsFoldedAndNeedsNobody()
    {
        await using var host = await PageHost.StartAsync();
        var (first, second) = (await AddServerAsync(host, "BRN-WSUS02"), await AddServerAsync(host, "ZRH-SUP01"));
        await AddProblemAsync(host, 1, "disk-full", first.Id);
        await AddProblemAsync(host, 2, "disk-full", second.Id);
        await AddProblemAsync(host, 3, "proxy-refused", second.Id);
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".triage > .groups .group").Count));

        await page.Find("[data-cause='disk-full'] button[aria-expanded]").ClickAsync(new());
        page.Find("[data-cause='disk-full'] textarea").Input("the vendor <b>knows</b>");
        await page.Find("[data-cause='disk-full'] form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Equal("2", page.Find("[data-folded='known'] [data-cause='disk-full']").GetAttribute("data-acknowledged")));
        Assert.Equal("1", page.Find(".triage").GetAttribute("data-needing"));
        Assert.Equal(["proxy-refused"], page.FindAll(".triage > .groups .group").Select(group => group.GetAttribute("data-cause")));
        Assert.Contains("the vendor <b>knows</b>", page.Find("[data-folded='known'] .known").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-folded='known'] b"));

        await page.Find("[data-folded='known'] .people button").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".triage > .groups .group").Count));
    }

    [Fact]
    public async Task Fleet_SixCauses_FiveStandOpen()
    {
        await using var host = await PageHost.StartAsync();
        var server = await AddServerAsync(host, "BRN-WSUS02");
        for (var id = 1; id <= 6; id++)
        {
            await AddProblemAsync(host, id, string.Create(CultureInfo.InvariantCulture, $"cause-{id}"), server.Id);
        }

        var page = host.Render<FleetPage>();

        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll(".triage > .groups .group").Count));
        Assert.Single(page.FindAll("[data-folded='more'] .group"));
        Assert.Equal("1", page.Find(".triage").GetAttribute("data-needing"));
    }

    [Fact]
    public async Task Fleet_ProblemThatWasDecidedAtAnotherPage_FollowsByItself()
    {
        await using var host = await PageHost.StartAsync();
        var server = await AddServerAsync(host, "BRN-WSUS02");
        await AddProblemAsync(host, 1, "disk-full", server.Id);
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".triage > .groups .group")));

        await using var scope = host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(CallerIdentity.Dashboard);
        var decided = await scope.ServiceProvider.GetRequiredService<ProblemTriageService>().AcknowledgeAsync([new(1, "0")], new(Hours: 1), "", Token);

        Assert.True(decided.IsSuccess, decided.Failure?.Message);
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-folded='known'] .group")));
    }

    [Fact]
    public async Task Fleet_SomebodyWasFirst_SaysSoAndChangesNothing()
    {
        await using var host = await PageHost.StartAsync();
        var server = await AddServerAsync(host, "BRN-WSUS02");
        await AddProblemAsync(host, 1, "disk-full", server.Id);
        var page = host.Render<FleetPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".triage > .groups .group")));
        await page.Find("[data-cause='disk-full'] button[aria-expanded]").ClickAsync(new());

        // Stored by another dashboard, which hasn't been heard yet.
        await host.WriteAsync(context => context.ProblemTriages.Add(new() { ProblemId = 1, Site = "BRN", Revision = 5, AcknowledgedAt = Now.UtcDateTime, AcknowledgedUntil = Now.UtcDateTime.AddDays(1), AcknowledgedBy = "Bert" }));
        await page.Find("[data-cause='disk-full'] form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("Bert", page.Find("[data-cause='disk-full'] .field-error").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Problem_Page_ShowsItsLifeServersAndCommentsAndTakesAnother()
    {
        await using var host = await PageHost.StartAsync();
        var server = await AddServerAsync(host, "BRN-WSUS02");
        await AddProblemAsync(host, 1, FindingIds.PoolStopped, server.Id);
        await host.WriteAsync(context => context.ProblemEvents.Add(new() { ProblemId = 1, ServerId = server.Id, At = Now.UtcDateTime, Kind = ProblemEventKind.Opened, CauseId = FindingIds.PoolStopped, Title = "Pool stopped" }));

        var page = host.Render<ProblemPage>(parameters => parameters.Add(view => view.Id, 1));

        page.WaitForAssertion(() => Assert.Equal(["Opened"], page.FindAll(".moment").Select(moment => moment.GetAttribute("data-kind"))));
        Assert.Single(page.FindAll($"[data-server='{server.Id}']"));
        page.Find(".write textarea").Input("<img src=x onerror=alert(1)>");
        await page.Find(".write").SubmitAsync();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-comment]")));
        Assert.Equal("<img src=x onerror=alert(1)>", page.Find("[data-comment] .text").TextContent);
        Assert.Empty(page.FindAll("[data-comment] img"));
        page.WaitForAssertion(() => Assert.Equal(["Commented", "Opened"], page.FindAll(".moment").Select(moment => moment.GetAttribute("data-kind"))));
    }

    [Fact]
    public async Task Problem_Page_AcknowledgesSilencesAndTakesBack()
    {
        await using var host = await PageHost.StartAsync();
        var server = await AddServerAsync(host, "BRN-WSUS02");
        await AddProblemAsync(host, 1, FindingIds.PoolStopped, server.Id);
        var page = host.Render<ProblemPage>(parameters => parameters.Add(view => view.Id, 1));
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll(".page-head button[aria-expanded]").Count));

        await page.FindAll(".page-head button[aria-expanded]")[0].ClickAsync(new());
        await page.InvokeAsync(() => page.FindComponent<MudBlazor.MudSelect<string>>().Instance.ValueChanged.InvokeAsync("change"));
        await page.Find("[data-action='Acknowledge']").SubmitAsync();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("#acknowledged")));
        await page.FindAll(".page-head button[aria-expanded]")[2].ClickAsync(new());
        await page.Find("[data-action='Silence']").SubmitAsync();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-action='Silence'] .field-error")));
        page.Find("[data-action='Silence'] textarea").Input("moving the rack");
        await page.Find("[data-action='Silence']").SubmitAsync();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("#silenced")));
        Assert.True(host.Services.GetRequiredService<ProblemTriages>().IsSilenced(1, ["BRN"], Now.AddHours(1)));

        await page.Find("#acknowledged button").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#acknowledged")));
        Assert.Single(page.FindAll("#silenced"));
    }

    [Fact]
    public async Task Problem_PageOfNone_SaysSo()
    {
        await using var host = await PageHost.StartAsync();

        var page = host.Render<ProblemPage>(parameters => parameters.Add(view => view.Id, 77));

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".empty-state")));
    }

    [Fact]
    public async Task Problems_Page_GroupsByCauseFirstAndFiltersByTheAddress()
    {
        await using var host = await PageHost.StartAsync();
        var (first, second) = (await AddServerAsync(host, "BRN-WSUS02"), await AddServerAsync(host, "ZRH-SUP01"));
        await AddProblemAsync(host, 1, "disk-full", first.Id);
        await AddProblemAsync(host, 2, "proxy-refused", second.Id);
        await host.WriteAsync(context => context.ProblemTriages.Add(new() { ProblemId = 1, Site = "BRN", Revision = 5, AcknowledgedAt = Now.UtcDateTime, AcknowledgedUntil = Now.UtcDateTime.AddDays(1), AcknowledgedBy = "Bert" }));

        host.Navigation.NavigateTo("/problems");
        var page = host.Render<ProblemsPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".groups .group").Count));
        Assert.Equal(["2", "1"], Shown(page));

        foreach (var (query, expected) in new[] { ("acknowledged=true", "1"), ("acknowledged=false", "2"), ("cause=disk-full", "1"), ("site=ZRH", "2"), ("assigned=nobody&site=BRN", "1") })
        {
            host.Navigation.NavigateTo($"/problems?{query}");
            page.WaitForAssertion(() => Assert.Equal([expected], Shown(page)));
            Assert.Empty(page.FindAll(".groups"));
        }

        host.Navigation.NavigateTo("/problems?assigned=me");
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".empty-state")));
    }

    private static IEnumerable<string?> Shown(IRenderedComponent<ProblemsPage> page) => page.FindAll("tbody tr").Select(row => row.GetAttribute("data-problem"));

    private static Task<LiveServer> AddServerAsync(PageHost host, string name) => host.AddServerAsync(name, TestSnapshots.PoolStopped(Now));

    /// <summary>A problem as the tracker would have it: in rows and in memory.</summary>
    private static async Task AddProblemAsync(PageHost host, long id, string cause, int server)
    {
        await host.WriteAsync(context =>
        {
            context.Problems.Add(new() { Id = id, CauseId = cause, Title = cause, CreatedAt = Now.UtcDateTime });
            context.ProblemServers.Add(new()
            {
                ProblemId = id,
                ServerId = server,
                CauseId = cause,
                Title = cause,
                State = ProblemState.Open,
                Severity = Severity.Critical,
                StateSince = Now.UtcDateTime,
                Since = Now.AddHours(-1).UtcDateTime,
                OpenedAt = Now.UtcDateTime,
            });
        });
        await host.Services.GetRequiredService<ProblemTracker>().LoadAsync(Token);
    }
}
