using System.Text.RegularExpressions;
using Microsoft.Playwright;
using WsusDashboard.Simulator.Scenarios;
using static Microsoft.Playwright.Assertions;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>The page of a server as people use it: one screen, tabs by keyboard, Back, and a repair that has an address.</summary>
[Collection(DemoCollection.Name)]
public sealed partial class ServerPageTests(DemoFixture demo, Chromium chromium)
{
    public static TheoryData<Scenario, int> Scenarios => new()
    {
        { Scenario.StarvedPool, 1 },
        { Scenario.ProxyRefuses, 1 },
        { Scenario.Healthy, 0 },
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Overview_OnALaptop_FitsWithoutScrolling(Scenario scenario, int ordinal)
    {
        var page = await OpenAsync("", scenario, ordinal);
        await page.Locator("#week-title").WaitForAsync();
        await page.Locator(".week canvas").WaitForAsync();
        await page.SettleAsync();

        var rest = await page.EvaluateAsync<int>("() => document.documentElement.scrollHeight - window.innerHeight");

        Assert.True(rest <= 0, $"The overview is {rest} pixels too high for {Viewport.Laptop}.");
    }

    [Fact]
    public async Task Tabs_ByKeyboard_OpenAtTheirAddress_AndBackReturns()
    {
        var page = await OpenAsync("", Scenario.Healthy);
        await page.Locator("nav.tabs a").First.FocusAsync();

        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page).ToHaveURLAsync(SyncsTab());
        await Expect(page.Locator("nav.tabs a[aria-current='page']")).ToHaveTextAsync("Syncs");
        await Expect(page.Locator("nav.tabs a[aria-current='page']")).ToBeFocusedAsync();
        await Expect(page.Locator("#syncs tr[data-sync]").First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(SettingsTab());
        await Expect(page.Locator("#settings tr[data-setting]")).ToHaveCountAsync(18);

        await page.GoBackAsync();
        await Expect(page.Locator("#syncs")).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(page.Locator("#why")).ToBeVisibleAsync();
        await Expect(page.Locator("nav.tabs a[aria-current='page']")).ToHaveTextAsync("Overview");
    }

    [Fact]
    public async Task UnknownTab_IsNotFound()
    {
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync());

        var answer = await page.GotoAsync(await AddressAsync("/nothing", Scenario.Healthy));

        Assert.Equal(404, answer!.Status);
    }

    [Theory]
    [InlineData(390, 844)]
    [InlineData(683, 384)]
    [InlineData(1024, 768)]
    [InlineData(2560, 1440)]
    public async Task Tabs_AtAnyWidth_AreNotWiderThanTheWindow(int width, int height)
    {
        var page = await OpenAsync("", Scenario.StarvedPool, 1, new Viewport(width, height));
        var problems = new List<string>();
        foreach (var tab in await page.Locator("nav.tabs a").AllAsync())
        {
            var name = await tab.InnerTextAsync();
            await tab.ClickAsync();
            await Expect(page.Locator("nav.tabs a[aria-current='page']")).ToHaveTextAsync(name);
            await page.SettleAsync();
            if (await page.OverflowAsync() is > 0 and var overflow)
            {
                problems.Add($"{name}: {overflow}");
            }
        }

        Assert.Empty(problems);
    }

    [Fact]
    public async Task Repair_HasAnAddress_ShowsThePlanWithoutScrolling_AndBackClosesIt()
    {
        var page = await OpenAsync("", Scenario.StarvedPool, 1);
        var sheet = page.GetByRole(AriaRole.Dialog);

        await page.GetByRole(AriaRole.Button, new() { NameRegex = RepairButton() }).First.ClickAsync();
        await sheet.GetByRole(AriaRole.List, new() { Name = "Plan steps" }).WaitForAsync();
        await page.SettleAsync();
        await Expect(page).ToHaveURLAsync(RepairAddress());
        Assert.True(await page.EvaluateAsync<bool>("() => { const body = document.querySelector('.plan-body'); return body.scrollHeight <= body.clientHeight; }"), await page.EvaluateAsync<string>("() => { const body = document.querySelector('.plan-body'); return `${body.scrollHeight} in ${body.clientHeight}`; }"));
        await Expect(sheet.GetByRole(AriaRole.Button, new() { NameRegex = RepairButton() })).ToBeInViewportAsync();
        await Expect(sheet.Locator(".wrong strong")).ToBeVisibleAsync();
        await Expect(sheet.Locator(".interruptions li").First).ToBeVisibleAsync();

        var address = page.Url;
        await page.GoBackAsync();
        await Expect(sheet).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(ServerAddress());

        // The link alone opens it, and closing it leads to the server.
        await page.GotoAsync(address);
        await sheet.GetByRole(AriaRole.List, new() { Name = "Plan steps" }).WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(sheet).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(ServerAddress());
    }

    [Fact]
    public async Task About_NamesAnEditionOfWindowsServer()
    {
        var page = await OpenAsync("/about", Scenario.Healthy);

        await Expect(page.Locator("[data-fact='system']")).ToContainTextAsync("Windows Server");
    }

    [Fact]
    public async Task Log_OfASiteServer_IsReadLiveAndCanBePausedAndSearched()
    {
        var page = await OpenAsync("/log", Scenario.Healthy);
        await page.Locator(".log .line").First.WaitForAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        var lines = await page.Locator(".log .line").CountAsync();
        await page.GetByLabel("Find in the log").FillAsync("SMS_WSUS_SYNC_MANAGER no such line");
        await Expect(page.Locator(".log .line")).ToHaveCountAsync(0);
        await page.GetByLabel("Find in the log").FillAsync("");
        await Expect(page.Locator(".log .line").First).ToBeVisibleAsync();
        Assert.True(lines > 0);

        await page.GetByRole(AriaRole.Link, new() { Name = "WCM", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(OtherLog());
    }

    private async Task<string> AddressAsync(string path, Scenario scenario, int ordinal = 0)
    {
        using var rest = demo.Rest();
        return new Uri(demo.Address, $"/servers/{(await demo.ServerAsync(rest, scenario, ordinal)).Text("id")}{path}").ToString();
    }

    private async Task<IPage> OpenAsync(string path, Scenario scenario, int ordinal = 0, Viewport? viewport = null)
    {
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync(), viewport);
        await page.GotoAsync(await AddressAsync(path, scenario, ordinal));
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First.WaitForAsync();
        await page.CircuitAsync();
        return page;
    }

    [GeneratedRegex("/servers/[0-9]+/syncs$")]
    private static partial Regex SyncsTab();

    [GeneratedRegex("/servers/[0-9]+/settings$")]
    private static partial Regex SettingsTab();

    [GeneratedRegex("/servers/[0-9]+$")]
    private static partial Regex ServerAddress();

    [GeneratedRegex("/servers/[0-9]+/repair[?]playbook=")]
    private static partial Regex RepairAddress();

    [GeneratedRegex("/servers/[0-9]+/log[?]log=WCM$")]
    private static partial Regex OtherLog();

    [GeneratedRegex("^Repair ")]
    private static partial Regex RepairButton();
}
