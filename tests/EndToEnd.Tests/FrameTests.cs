using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using WsusDashboard.Simulator.Scenarios;
using static Microsoft.Playwright.Assertions;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>What stands around every page: the command palette, the menu of a narrow window, the list of shortcuts, the theme, paper.</summary>
[Collection(DemoCollection.Name)]
public sealed partial class FrameTests(DemoFixture demo, Chromium chromium)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Palette_Open_IsAccessibleAndClosesByEscape(ColorScheme scheme)
    {
        var page = await OpenAsync("/", Viewport.Laptop, scheme);

        await page.Keyboard.PressAsync("Control+k");
        await page.GetByRole(AriaRole.Option, new() { Name = "Problems" }).First.WaitForAsync();
        await page.SettleAsync();
        var violations = (await page.FindViolationsAsync()).Select(Describe).ToList();
        await page.Keyboard.PressAsync("Escape");

        await Expect(page.GetByRole(AriaRole.Combobox, new() { NameRegex = SearchOrDo() })).ToHaveCountAsync(0);
        Assert.Empty(violations);
    }

    [Fact]
    public async Task Palette_RepairOfAServer_LeadsToItsPlanAndStartsNothing()
    {
        var name = demo.NameOf(Scenario.StarvedPool, 1);
        using var rest = demo.Rest();
        await rest.ServerAsync(name);
        var page = await OpenAsync("/changes");
        var before = (await rest.GetAsync("/api/v1/repairs?pageSize=1")).Text("total");

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync($"repair {name}");
        await page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex($"Repair {name}") }).WaitForAsync();
        await page.Keyboard.PressAsync("Enter");

        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.List, new() { Name = "Plan steps" }).WaitForAsync();
        Assert.Equal(before, (await rest.GetAsync("/api/v1/repairs?pageSize=1")).Text("total"));
    }

    [Fact]
    public async Task Palette_WhatWasChosen_StandsFirstTheNextTime()
    {
        var page = await OpenAsync("/");

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("baselines");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/baselines");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Baselines", Level = 1 }).WaitForAsync();
        await page.Keyboard.PressAsync("Control+k");

        await Expect(page.GetByRole(AriaRole.Option).First).ToHaveAttributeAsync("data-key", "page:/baselines");
    }

    [Fact]
    public async Task Palette_Dark_ChangesTheTheme()
    {
        var page = await OpenAsync("/");

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("dark");
        await page.Keyboard.PressAsync("Enter");

        await page.WaitForFunctionAsync("() => document.documentElement.dataset.theme === 'dark'");
    }

    [Fact]
    public async Task Shortcuts_QuestionMark_ListsThem()
    {
        var page = await OpenAsync("/");

        await page.Keyboard.PressAsync("Shift+?");
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" });
        await dialog.WaitForAsync();
        Assert.Empty((await page.FindViolationsAsync()).Select(Describe));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();

        await Expect(dialog).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Menu_OnAPhone_IsUsedByKeyboardAndClosesByEscape()
    {
        var page = await OpenAsync("/", Viewport.Phone);
        var button = page.GetByRole(AriaRole.Button, new() { Name = "Menu", Exact = true });

        await button.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var entry = page.Locator(".mud-drawer").GetByRole(AriaRole.Link, new() { Name = "Patch Tuesday" });
        await entry.WaitForAsync();
        await page.SettleAsync();
        Assert.Empty((await page.FindViolationsAsync()).Select(Describe));
        await page.WaitForFunctionAsync("() => document.querySelector('.mud-drawer')?.contains(document.activeElement)");
        await page.Keyboard.PressAsync("Escape");
        await Expect(entry).ToHaveCountAsync(0);

        await button.ClickAsync();
        await entry.ClickAsync();
        await page.WaitForURLAsync("**/patch-tuesday");
        await Expect(entry).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Bar_EveryPageOfTheRole_IsOneOrTwoClicksAway()
    {
        var page = await OpenAsync("/");

        await page.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Enrolment" }).ClickAsync();

        await page.GetByRole(AriaRole.Heading, new() { Name = "Enrolment", Level = 1 }).WaitForAsync();
    }

    [Fact]
    public async Task Menus_ByKeyboard_OpenMoveAndCloseByEscape()
    {
        var page = await OpenAsync("/");
        var more = page.GetByRole(AriaRole.Button, new() { Name = "More" });

        await more.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Baselines" }).WaitForAsync();
        await page.SettleAsync();
        Assert.Empty((await page.FindViolationsAsync()).Select(Describe));
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Menuitem)).ToHaveCountAsync(0);

        // Opened by the mouse, closed by the keyboard.
        await more.ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Baselines" }).WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Menuitem)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Jobs_HaveTheirStylesAndBreakNoPolicy()
    {
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync());
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };

        await page.GotoAsync(new Uri(demo.Address, "/jobs").ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });
        await page.Locator(".chartjs-size-monitor, canvas").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });

        Assert.True(await page.EvaluateAsync<int>("() => [...document.styleSheets].filter(sheet => sheet.href).length") >= 1);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Bar_OnAPhone_IsOneLine()
    {
        var page = await OpenAsync("/", Viewport.Phone);

        var height = await page.Locator(".app-bar").EvaluateAsync<double>("bar => bar.getBoundingClientRect().height");

        Assert.InRange(height, 40, 56);
    }

    [Fact]
    public async Task Print_OfADarkPage_IsLightAndWithoutTheBar()
    {
        var page = await OpenAsync("/", Viewport.Laptop, ColorScheme.Dark);

        await page.EmulateMediaAsync(new() { Media = Media.Print, ColorScheme = ColorScheme.Dark });
        await page.EvaluateAsync("() => dispatchEvent(new Event('beforeprint'))");
        Assert.Equal("light", await page.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));
        await Expect(page.Locator(".app-bar")).ToBeHiddenAsync();
        await Expect(page.Locator(".fleet")).ToBeVisibleAsync();

        await page.EvaluateAsync("() => dispatchEvent(new Event('afterprint'))");
        Assert.Equal("dark", await page.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));
    }

    private static string Describe(AxeResultItem violation) =>
        $"{violation.Id} ({violation.Impact}): {violation.Help}; {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}";

    private async Task<IPage> OpenAsync(string path, Viewport? viewport = null, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync(), viewport, scheme);
        await page.GotoAsync(new Uri(demo.Address, path).ToString());
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First.WaitForAsync();
        await page.CircuitAsync();
        return page;
    }

    [GeneratedRegex("^Search or do")]
    private static partial Regex SearchOrDo();
}
