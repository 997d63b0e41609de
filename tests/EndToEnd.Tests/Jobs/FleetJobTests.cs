using Microsoft.Playwright;
using WsusDashboard.Simulator.Scenarios;
using static Microsoft.Playwright.Assertions;

namespace WsusDashboard.EndToEnd.Tests.Jobs;

/// <summary>The grid of the fleet in a browser: by keyboard, by mouse, while it scrolls, in every width.</summary>
[Collection(DemoCollection.Name)]
public sealed class FleetJobTests(DemoFixture demo, Chromium chromium)
{
    private const string Rows = ".fleet tbody tr";

    [Fact]
    public async Task Rows_ByKeyboard_OpenThePanelWalkOnAndGetTheFocusBack()
    {
        var page = await OpenAsync("/?healthy=open");
        await page.Locator($"{Rows}[tabindex='0']").FocusAsync();
        var ids = await page.Locator(Rows).EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.server)");
        Assert.Equal(1, await page.Locator($"{Rows}[tabindex='0']").CountAsync());

        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".peek")).ToHaveAttributeAsync("data-peek", ids[0]);
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator(".peek")).ToHaveAttributeAsync("data-peek", ids[2]);
        await Expect(page).ToHaveURLAsync(new Uri(demo.Address, $"/?healthy=open&peek={ids[2]}").ToString());
        await Expect(page.Locator($"{Rows}[data-server='{ids[2]}']")).ToBeFocusedAsync();

        // Enter again leads into the panel, Escape out of it.
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#peek-title")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".peek")).ToHaveCountAsync(0);
        await Expect(page.Locator($"{Rows}[data-server='{ids[2]}']")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Rows_AClickOnALinkOrACheckbox_OpensNoPanel()
    {
        var page = await OpenAsync("/?healthy=open");

        await page.Locator($"{Rows} input[type=checkbox]").First.CheckAsync();
        await Expect(page.Locator(".selection")).ToBeVisibleAsync();
        await Expect(page.Locator(".peek")).ToHaveCountAsync(0);
        await page.Locator($"{Rows} .lastsync-cell").First.ClickAsync();
        await Expect(page.Locator(".peek")).ToBeVisibleAsync();
        await page.Locator($"{Rows} .server-cell a").First.ClickAsync();
        await Expect(page.Locator(".server-head")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(1366)]
    [InlineData(1024)]
    [InlineData(683)]
    public async Task Head_WhileThePageScrolls_StaysUnderTheBar(int width)
    {
        var page = await OpenAsync("/?healthy=open", new Viewport(width, 420));

        await page.Locator(Rows).Last.ScrollIntoViewIfNeededAsync();
        var (head, bar) = (await page.Locator("th[data-head='Server']").BoundingBoxAsync(), await page.Locator(".app-bar").BoundingBoxAsync());

        Assert.InRange(head!.Y - (bar!.Y + bar.Height), -1, 1);
        Assert.True((await page.Locator(Rows).First.BoundingBoxAsync())!.Y < head.Y, "The rows scrolled under the head.");
    }

    [Theory]
    [InlineData(390)]
    [InlineData(683)]
    [InlineData(1024)]
    [InlineData(1366)]
    [InlineData(1920)]
    [InlineData(2560)]
    public async Task Rows_InEveryWidth_HaveCauseAndRepairInSight(int width)
    {
        var name = demo.NameOf(Scenario.StarvedPool, 1);
        using var rest = demo.Rest();
        await rest.ServerAsync(name);
        var page = await OpenAsync($"/?search={name}", new Viewport(width, 900));
        var row = page.Locator(Rows).Filter(new() { HasText = name });

        foreach (var part in new[] { ".server-cell a", ".state-cell .state", ".cause", ".action button" })
        {
            await row.Locator(part).ScrollIntoViewIfNeededAsync();
            var box = (await row.Locator(part).BoundingBoxAsync())!;
            Assert.True(box.X >= 0 && box.X + box.Width <= width, $"{part} lies from {box.X} to {box.X + box.Width} of {width}.");
        }

        Assert.True(await page.OverflowAsync() <= 0);
        await row.Locator(width == 390 ? ".lastsync-cell" : ".state-cell").ClickAsync();
        await Expect(page.Locator(".peek .actions a").First).ToBeVisibleAsync();
        Assert.True(await page.OverflowAsync() <= 0);
    }

    [Fact]
    public async Task Map_ByKeyboard_TellsTheNameAndOpensThePanel()
    {
        var page = await OpenAsync("/?view=map");
        await page.Locator(".cell[tabindex='0']").FocusAsync();
        Assert.Equal(1, await page.Locator(".cell[tabindex='0']").CountAsync());

        await page.Keyboard.PressAsync("ArrowRight");
        var name = await page.EvaluateAsync<string>("() => document.activeElement.getAttribute('aria-label')");
        await Expect(page.Locator(".map-says")).ToHaveTextAsync(name);
        await page.Keyboard.PressAsync("ArrowDown");
        Assert.NotEqual(name, await page.EvaluateAsync<string>("() => document.activeElement.getAttribute('aria-label')"));
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".peek")).ToBeVisibleAsync();
        await Expect(page.Locator(".cell[aria-current]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Csv_TheLinkOfTheFilter_HasItsServers()
    {
        var name = demo.NameOf(Scenario.Healthy);
        using var rest = demo.Rest();
        await rest.ServerAsync(name);
        var page = await OpenAsync($"/?search={name}");

        var answer = await page.APIRequest.GetAsync(await page.Locator(".tools a[download]").EvaluateAsync<string>("link => link.href"));

        Assert.True(answer.Ok);
        Assert.Equal(2, (await answer.TextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private async Task<IPage> OpenAsync(string path, Viewport? viewport = null)
    {
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync(), viewport);
        await page.GotoAsync(new Uri(demo.Address, path).ToString());
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First.WaitForAsync();
        await page.CircuitAsync();

        // One row, or one cell, is the stop of the Tab key: the script listens.
        await page.Locator($"{Rows}[tabindex='0'], .cell[tabindex='0']").First.WaitForAsync();
        return page;
    }
}
