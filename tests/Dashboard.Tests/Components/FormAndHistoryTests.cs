using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Features.Servers.Sections;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Components;

public sealed class FormAndHistoryTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;

    [Fact]
    public async Task AddServer_AddressCannotBeTaken_SaysWhatIsAllowed_AndStays()
    {
        await using var host = await PageHost.StartAsync();
        var before = host.Navigation.Uri;
        var form = host.Render<ServerForm>();
        await form.FindAll("input")[0].InputAsync(new() { Value = "ftp://brn-wsus02" });
        await form.FindAll("input")[1].InputAsync(new() { Value = "BRN-WSUS02" });

        await form.Find("form").SubmitAsync();

        form.WaitForAssertion(() => Assert.Contains("http", form.Find("[role='alert']").TextContent, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("ftp://brn-wsus02", form.Find("[role='alert']").TextContent, StringComparison.Ordinal);
        Assert.Equal(before, host.Navigation.Uri);
        Assert.Empty(host.Live.GetAll());
    }

    [Fact]
    public async Task TestConnection_NothingListens_NamesTheStepThatFails()
    {
        await using var host = await PageHost.StartAsync();
        var form = host.Render<ServerForm>();
        await form.FindAll("input")[0].InputAsync(new() { Value = "https://127.0.0.1:1" });

        await form.FindAll("button").Single(button => button.TextContent == "Test connection").ClickAsync(new());

        form.WaitForAssertion(() => Assert.Equal(4, form.FindAll(".result li").Count));
        var steps = form.FindAll(".result li").Select(step => step.TextContent).ToList();
        Assert.Contains("OK", steps[0], StringComparison.Ordinal);
        Assert.Contains("Failed", steps[1], StringComparison.Ordinal);
        Assert.Contains("Not reached", steps[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RemoveServer_Asks_NamingIt_AndKeepsItOnNo()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("GVA-WSUS03", TestSnapshots.Healthy(Now));
        var form = host.Render<ServerForm>(parameters => parameters.Add(part => part.Facts, new ServerFacts { Id = server.Id, Name = server.Name, Address = server.Address, Site = server.Site, Baseline = server.Baseline }));
        var confirmation = host.Services.GetRequiredService<Confirmation>();

        var clicking = form.FindAll("button").Single(button => button.TextContent == "Remove GVA-WSUS03…").ClickAsync(new());
        form.WaitForState(() => confirmation.Current is not null);
        Assert.Equal("Remove GVA-WSUS03?", confirmation.Current!.Title);
        Assert.True(confirmation.Current.IsDangerous);
        await form.InvokeAsync(() => confirmation.Answer(null));
        await clicking;

        Assert.NotNull(host.Live.Find(server.Id));
    }

    [Fact]
    public async Task Syncs_DayInAddress_ListsThatDayOnly_AndTheChartTheWholeRange()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await AddSyncAsync(host, server.Id, "a", Now.AddDays(-1), SyncResult.Cancelled);
        await AddSyncAsync(host, server.Id, "b", Now.AddDays(-2), SyncResult.Succeeded);
        host.Navigation.NavigateTo($"/syncs?days=7&day={Now.AddDays(-1):yyyy-MM-dd}");

        var page = host.Render<SyncsPage>();

        page.WaitForAssertion(() => Assert.Contains("1 sync on 2026-05-03", page.Markup, StringComparison.Ordinal));
        Assert.Contains("Cancelled", page.FindComponent<SyncTable>().Find("tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Contains("Syncs over 7 days: 1 succeeded, 1 cancelled, 0 failed.", page.Find(".chart").GetAttribute("aria-label"), StringComparison.Ordinal);
        await page.Find("button[aria-label='Syncs per day: show as table']").ClickAsync();
        Assert.Equal(7, page.Find("section[aria-labelledby='days-title'] table").QuerySelectorAll("tbody tr").Length);
        Assert.StartsWith("/api/v1/syncs.csv?", page.Find(".list-head a[download]").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Handoff_View_IsTakenOnce()
    {
        using var handoff = new PrerenderHandoff();
        var view = new object();
        var key = handoff.Put(view, CallerIdentity.Dashboard);

        Assert.Same(view, handoff.Take<object>(key, CallerIdentity.Dashboard));
        Assert.Null(handoff.Take<object>(key, CallerIdentity.Dashboard));
        Assert.Null(handoff.Take<object>(null, CallerIdentity.Dashboard));
    }

    private static async Task AddSyncAsync(PageHost host, int serverId, string id, DateTimeOffset startedAt, SyncResult result)
    {
        await using var context = await host.Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Xunit.TestContext.Current.CancellationToken);
        context.SyncRuns.Add(new SyncRunEntity
        {
            ServerId = serverId,
            RunId = id,
            Source = SyncSource.Wsus,
            StartedAt = startedAt.UtcDateTime,
            EndedAt = startedAt.UtcDateTime.AddMinutes(10),
            Result = result,
        });
        await SyncRollup.SaveAsync(context, Xunit.TestContext.Current.CancellationToken);
    }
}
