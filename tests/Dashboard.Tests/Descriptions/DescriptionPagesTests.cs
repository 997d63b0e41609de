using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Features.SavedViews;
using WsusDashboard.Dashboard.Features.ServerDescriptions;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Host.Layout;
using WsusDashboard.Dashboard.Tests.Components;

namespace WsusDashboard.Dashboard.Tests.Descriptions;

/// <summary>Tags, owners, notes and saved views on the pages.</summary>
public sealed class DescriptionPagesTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;

    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Panel_SomebodyElseChangesIt_ShowsTheNewOne_ButLeavesWhatIsTyped()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS01", TestSnapshots.Healthy(Now));
        var first = await DescribeAsync(host, server.Id, new(["ring 1"], Owner: "Team Bern", Notes: "<b>old</b>"), null);
        var panel = host.Render<DescriptionPanel>(parameters => parameters.Add(part => part.ServerId, server.Id).Add(part => part.Site, server.Site).Add(part => part.Revision, RevisionOf(host, server.Id)));
        Assert.Equal("<b>old</b>", panel.Find("[data-fact=notes] dd").TextContent);
        Assert.Equal("/?tag=ring%201", panel.Find("[data-fact=tags] a").GetAttribute("href"));

        var second = await DescribeAsync(host, server.Id, new(Notes: "new"), first.Revision);
        panel.Render(parameters => parameters.Add(part => part.Revision, RevisionOf(host, server.Id)));
        panel.WaitForAssertion(() => Assert.Equal("new", panel.Find("[data-fact=notes] dd").TextContent));

        await panel.Find("button").ClickAsync(new());
        await DescribeAsync(host, server.Id, new(Notes: "newer"), second.Revision);
        panel.Render(parameters => parameters.Add(part => part.Revision, RevisionOf(host, server.Id)));
        await panel.Find("textarea").InputAsync(new() { Value = "mine" });
        await panel.Find("form").SubmitAsync();

        panel.WaitForAssertion(() => Assert.Single(panel.FindAll("[role=alert]")));
        Assert.Equal("newer", await NotesAsync(host));
    }

    [Fact]
    public async Task Panel_Saved_IsInTheLiveFleet()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS01", TestSnapshots.Healthy(Now));
        var panel = host.Render<DescriptionPanel>(parameters => parameters.Add(part => part.ServerId, server.Id).Add(part => part.Site, server.Site).Add(part => part.Revision, 0));

        await panel.Find("button").ClickAsync(new());
        await panel.Find("input").InputAsync(new() { Value = "ring 1, branch" });
        await panel.Find("textarea").InputAsync(new() { Value = "mine" });
        await panel.Find("form").SubmitAsync();

        panel.WaitForAssertion(() => Assert.Equal(["branch", "ring 1"], host.Live.Find(server.Id)!.Description.Tags));
        Assert.Equal("mine", await NotesAsync(host));
    }

    [Fact]
    public async Task Fleet_FiltersByTag_AndSaysThatItWasDeleted()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS01", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("ZRH-WSUS01", TestSnapshots.Healthy(Now));
        await DescribeAsync(host, server.Id, new(["ring 1"], Owner: "Team Bern"), null);
        host.Navigation.NavigateTo("/?tag=Ring%201");

        var page = host.Render<FleetPage>();
        Assert.Equal($"/servers/{server.Id}", Assert.Single(page.FindAll("tbody tr")).QuerySelector("a")!.GetAttribute("href"));
        Assert.Empty(page.FindAll("[data-deleted-tag]"));
        Assert.Equal("Ring 1", page.Find("select[aria-label=Tag]").GetAttribute("value"));
        Assert.Single(page.FindAll("select[aria-label=Owner] option[value='Team Bern']"));

        Assert.True((await host.Services.GetRequiredService<TagService>().DeleteAsync("ring 1", Token)).IsSuccess);
        host.Navigation.NavigateTo("/");
        host.Navigation.NavigateTo("/?tag=Ring%201");
        page.WaitForAssertion(() => Assert.Equal("ring 1", page.Find("[data-deleted-tag]").GetAttribute("data-deleted-tag")));
    }

    [Fact]
    public async Task ViewsPage_DeletesATag_AfterItNamedWhatUsesIt()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS01", TestSnapshots.Healthy(Now));
        await DescribeAsync(host, server.Id, new(["ring 1"]), null);
        var views = host.Services.GetRequiredService<SavedViewService>();
        Assert.True((await views.AddAsync("R1", "tag=ring 1", isShared: true, Token)).IsSuccess);
        var confirmation = host.Services.GetRequiredService<Confirmation>();
        var page = host.Render<ViewsPage>();
        Assert.Single(page.FindAll("tr[data-view]"));

        var deleting = page.Find("tr[data-tag] button").ClickAsync(new());
        await Eventually.TrueAsync(() => confirmation.Current is not null);
        Assert.Equal(["server BRN-WSUS01", "view R1"], confirmation.Current!.Touches);
        confirmation.Answer(new(""));
        await deleting;

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("tr[data-tag]")));
        page.WaitForAssertion(() => Assert.Equal("ring 1", page.Find("tr[data-view] [data-deleted-tag]").GetAttribute("data-deleted-tag")));
    }

    [Fact]
    public async Task Palette_FindsTagsAndViews()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS01", TestSnapshots.Healthy(Now));
        await DescribeAsync(host, server.Id, new(["quartz"]), null);
        var view = (await host.Services.GetRequiredService<SavedViewService>().AddAsync("Quartz, worst first", "tag=quartz", isShared: true, Token)).Value!;
        var palette = host.Render<CommandPalette>();

        await palette.Find("dialog").TriggerEventAsync("onfocusin", new Microsoft.AspNetCore.Components.Web.FocusEventArgs());
        var typing = palette.Find("input").InputAsync(new() { Value = "quartz" });
        await host.Time.PassAsync(TimeSpan.FromMilliseconds(120));
        await typing;

        palette.WaitForAssertion(() => Assert.Equal(["tag:quartz", $"view:{view.Id}"], palette.FindAll("[role='option']").Select(option => option.GetAttribute("data-key"))));
    }

    private static async Task<ServerDescriptionJson> DescribeAsync(PageHost host, int id, DescriptionChange change, string? revision)
    {
        var described = await host.Services.GetRequiredService<ServerDescriptionService>().ChangeAsync(id, change, revision, Token);
        Assert.True(described.IsSuccess, described.Failure?.Message);
        return described.Value;
    }

    private static long RevisionOf(PageHost host, int id) => host.Live.Find(id)!.Description.Revision;

    private static async Task<string> NotesAsync(PageHost host)
    {
        await using var context = await host.Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token);
        return (await context.ServerDescriptions.AsNoTracking().SingleAsync(Token)).Notes;
    }
}
