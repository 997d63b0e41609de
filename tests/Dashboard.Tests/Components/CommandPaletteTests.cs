using System.Reflection;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Host.Layout;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Playbooks;

namespace WsusDashboard.Dashboard.Tests.Components;

public sealed class CommandPaletteTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Text_OneServerMatches_EnterOpensItWithoutTheDatabase()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("ZRH-SUP01", TestSnapshots.Healthy(Now));
        var palette = host.Render<CommandPalette>();
        host.Statements.Clear();

        await TypeAsync(host, palette, "wsus02");
        palette.WaitForAssertion(() => Assert.Equal([$"server:{server.Id}"], Keys(palette)));
        await palette.Find("input").KeyDownAsync(Key.Enter);

        Assert.EndsWith($"/servers/{server.Id}", host.Navigation.Uri, StringComparison.Ordinal);
        Assert.Empty(host.Statements.All);
    }

    [Fact]
    public async Task Enter_RightAfterTheLastLetter_TakesWhatWasTyped()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        var palette = host.Render<CommandPalette>();

        _ = palette.Find("input").InputAsync(new() { Value = "audit" });
        await palette.Find("input").KeyDownAsync(Key.Enter);

        Assert.EndsWith("/audit", host.Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arrows_GoRoundTheList()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("BRN-WSUS01", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        var palette = host.Render<CommandPalette>();
        await TypeAsync(host, palette, "wsus0");
        palette.WaitForAssertion(() => Assert.Equal(2, Keys(palette).Count));

        await palette.Find("input").KeyDownAsync(Key.Up);
        Assert.Equal("palette-1", palette.Find("input").GetAttribute("aria-activedescendant"));
        await palette.Find("input").KeyDownAsync(Key.Down);

        Assert.Equal("palette-0", palette.Find("input").GetAttribute("aria-activedescendant"));
        Assert.Equal("true", palette.Find("#palette-0").GetAttribute("aria-selected"));
    }

    [Fact]
    public async Task Repair_OfAServer_OpensItsPlanAndStartsNothing()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));
        var sheet = host.Services.GetRequiredService<RepairSheetState>();
        var palette = host.Render<CommandPalette>();

        await TypeAsync(host, palette, "repair brn-wsus02");
        palette.WaitForAssertion(() => Assert.Equal([$"repair:{server.Id}"], Keys(palette)));
        await palette.Find("[role='option']").ClickAsync(new());

        Assert.Equal(new RepairSubject(server.Id, "BRN-WSUS02", server.Offer.Playbook, null), sheet.Subject);
        Assert.NotNull(PlaybookCatalog.Find(sheet.Subject!.Playbook!));
        Assert.Null(host.Live.Find(server.Id)!.ActiveRepair);
    }

    [Theory]
    [InlineData("0x80244022", "explain:0x80244022")]
    [InlineData("-2145107934", "explain:0x80244022")]
    [InlineData("explain WU_E_PT_HTTP_STATUS_DENIED", "explain:0x80244017")]
    [InlineData("dark", "do:theme-dark")]
    [InlineData("light", "do:theme-light")]
    [InlineData("BRN", "site:BRN")]
    [InlineData("patch tuesday", "page:/patch-tuesday")]
    [InlineData("timeline wsus02", "timeline:1")]
    public async Task Find_Text_ComesFirst(string text, string key)
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));

        var answer = await SearchAs(host, Role.Admin, SiteScope.WholeFleet).FindAsync(text, Token);

        Assert.Equal(key, answer.Items[0].Key);
    }

    [Theory]
    [InlineData(Role.Viewer, "audit", 0)]
    [InlineData(Role.Viewer, "people", 0)]
    [InlineData(Role.Viewer, "enrolment", 0)]
    [InlineData(Role.Admin, "audit", 1)]
    [InlineData(Role.Viewer, "zrh", 0)]
    [InlineData(Role.Admin, "zrh", 0)]
    public async Task Find_WhatTheCallerMayNot_IsNotThere(Role role, string text, int expected)
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddServerAsync("ZRH-SUP01", TestSnapshots.PoolStopped(Now));

        var answer = await SearchAs(host, role, SiteScope.Of("BRN")).FindAsync(text, Token);

        Assert.Equal(expected, answer.Items.Count);
        Assert.Equal(0, answer.ServerCount);
    }

    [Fact]
    public async Task Find_RepairForAViewer_OffersThePlanAlone()
    {
        await using var host = await PageHost.StartAsync();
        await host.AddServerAsync("BRN-WSUS02", TestSnapshots.PoolStopped(Now));

        var viewer = Assert.Single((await SearchAs(host, Role.Viewer, SiteScope.WholeFleet).FindAsync("repair brn", Token)).Items);
        var operating = Assert.Single((await SearchAs(host, Role.Operator, SiteScope.WholeFleet).FindAsync("repair brn", Token)).Items);

        Assert.Equal(operating.Sheet, viewer.Sheet);
        Assert.StartsWith("Plan", viewer.Title, StringComparison.Ordinal);
        Assert.StartsWith("Repair", operating.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recall_KeysOfTheBrowser_AreLookedUpAgainAsTheCaller()
    {
        await using var host = await PageHost.StartAsync();
        var own = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        var other = await host.AddServerAsync("ZRH-SUP01", TestSnapshots.Healthy(Now));
        string[] kept = [$"server:{other.Id}", $"server:{own.Id}", "page:/people", "page:/changes", "site:ZRH", "explain:0x80244022", "server:x", "do:nothing", "", new('x', 5_000), $"server:{own.Id}"];

        var recalled = SearchAs(host, Role.Viewer, SiteScope.Of("BRN")).Recall(kept);

        Assert.Equal([$"server:{own.Id}", "page:/changes", "explain:0x80244022"], recalled.Take(3).Select(item => item.Key));
        Assert.All(recalled.Skip(3), item => Assert.StartsWith("page:", item.Key, StringComparison.Ordinal));
        Assert.Equal(recalled.Count, recalled.DistinctBy(item => item.Key).Count());
    }

    [Fact]
    public async Task Menu_EveryEntry_LeadsToAPageThatTheRoleMayOpen()
    {
        await using var host = await PageHost.StartAsync();
        var admin = new Caller(_ => new Access(CallerKind.Session, "eva", [new Grant(Role.Admin, SiteScope.WholeFleet)]));
        var pages = typeof(MenuEntry).Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributes<RouteAttribute>(), (type, route) => (route.Template, Needs: type.GetCustomAttribute<NeedsAttribute>()))
            .ToLookup(page => page.Template, page => page.Needs);

        var entries = MenuEntry.For(admin, host.Services.GetRequiredService<IOwnership>());

        Assert.NotEmpty(entries);
        Assert.All(entries.Where(entry => !entry.IsApart), entry => Assert.Contains(pages[entry.Href], needs => needs?.Permission == entry.Needs));
    }

    private static PaletteSearch SearchAs(PageHost host, Role role, SiteScope scope)
    {
        var caller = new Caller(_ => new Access(CallerKind.Session, "eva", [new Grant(role, scope)]));
        var servers = new VisibleServers(host.Live, caller);
        var problems = ActivatorUtilities.CreateInstance<VisibleProblems>(host.Services, servers, caller);
        return new(servers, problems, caller, host.Services.GetRequiredService<IOwnership>());
    }

    private static List<string?> Keys(IRenderedComponent<CommandPalette> palette) => [.. palette.FindAll("[role='option']").Select(option => option.GetAttribute("data-key"))];

    private static async Task TypeAsync(PageHost host, IRenderedComponent<CommandPalette> palette, string text)
    {
        var typing = palette.Find("input").InputAsync(new() { Value = text });
        await host.Time.PassAsync(Pause);
        await typing;
    }
}
