using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using WsusDashboard.Simulator.Scenarios;
using static Microsoft.Playwright.Assertions;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>The pages of the history as a person uses them: by eye, by keyboard, as tables and files, on a phone, in the dark.</summary>
[Collection(DemoCollection.Name)]
public sealed partial class HistoryPageTests(DemoFixture demo, Chromium chromium)
{
    private const string RunPath = "/servers/{starved}/syncs/{run}";

    public static TheoryData<string, ColorScheme> Pages()
    {
        var data = new TheoryData<string, ColorScheme>();
        // What a route alone doesn't show; every route is looked at in PageTests.
        foreach (var path in new[] { "/?view=tree", "/?view=map", "/?view=days", "/?healthy=open&peek={id}", "/?columns=server.state.cause-400.lastGoodSync.strip.site.drift", RunPath })
        {
            data.Add(path, ColorScheme.Light);
            data.Add(path, ColorScheme.Dark);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_OnALaptopAndOnAPhone_IsAccessibleAndFits(string path, ColorScheme scheme)
    {
        var page = await OpenAsync(path, Viewport.Laptop, scheme);
        Assert.Empty((await page.FindViolationsAsync()).Select(Describe));

        await page.SetViewportSizeAsync(Viewport.Phone.Width, Viewport.Phone.Height);
        await page.ReloadAsync();
        await page.CircuitAsync();
        var overflow = await page.OverflowAsync();
        Assert.True(overflow <= 0, $"{path} is {overflow} pixels too wide for a phone.");
    }

    [Fact]
    public async Task Syncs_EveryChart_IsATableAndAFileToo()
    {
        var page = await OpenAsync("/syncs");
        await page.Locator(".chart canvas").First.WaitForAsync();
        var buttons = page.GetByRole(AriaRole.Button, new() { NameRegex = ShowAsTable() });
        var charts = await buttons.CountAsync();
        Assert.True(charts >= 7, $"There are only {charts} charts.");
        for (var index = 0; index < charts; index++)
        {
            await buttons.Nth(index).ClickAsync();
            await Expect(page.Locator(".chart-panel table")).ToHaveCountAsync(index + 1);
        }

        Assert.Empty((await page.FindViolationsAsync()).Select(Describe));
        foreach (var href in await page.Locator("a[download]").EvaluateAllAsync<string[]>("links => links.map(link => link.href)"))
        {
            var answer = await page.APIRequest.GetAsync(href);
            Assert.True(answer.Ok, $"{href}: {answer.Status} {await answer.TextAsync()}");
            Assert.StartsWith("text/csv", answer.Headers["content-type"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Syncs_ChartByKeyboard_TellsADayAndEnterListsIt()
    {
        var page = await OpenAsync("/syncs");
        await page.Locator(".chart canvas").First.WaitForAsync();

        await page.Locator("section[aria-labelledby='days-title'] .chart").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("ArrowLeft");

        await Expect(page.Locator("section[aria-labelledby='days-title'] .chart-says")).ToContainTextAsync(DayInWords());
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(DayInAddress());
        await Expect(page.Locator("#list-title")).ToContainTextAsync(" on ");
    }

    [Fact]
    public async Task Syncs_RangeOfOnesOwn_IsInTheAddress()
    {
        var page = await OpenAsync("/syncs");

        var days = page.Locator(".own-range input");
        var today = await days.Nth(1).InputValueAsync();
        var first = DateOnly.ParseExact(today, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture).AddDays(-10).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await days.First.FillAsync(first);
        await page.Keyboard.PressAsync("Tab");

        await Expect(page).ToHaveURLAsync(new Regex($"from={first}"));
        await Expect(page.Locator("#list-title")).ToContainTextAsync(first);
    }

    [Fact]
    public async Task Strip_ByKeyboard_TellsADayOfAServerAndEnterOpensIt()
    {
        var page = await OpenAsync("/syncs/days?days=90");
        var strip = page.Locator(".strip-box");
        await Expect(strip.Locator("canvas")).ToHaveAttributeAsync("width", Digits());

        await strip.FocusAsync();
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("ArrowDown");

        await Expect(page.Locator(".strip-says")).ToContainTextAsync(DayInWords());
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(TimelineOfADay());
        await page.WaitForURLAsync("**/timeline**");
    }

    [Fact]
    public async Task Timeline_OfACancelledSync_ShowsTheRecycleThatCameBefore()
    {
        using var rest = demo.Rest();
        var server = await demo.ServerAsync(rest, Scenario.StarvedPool, 1);
        var page = await OpenAsync($"/syncs?server={server.Text("id")}&result=cancelled");

        await page.Locator("th.when a").Last.ClickAsync();

        await page.Locator("section.before").WaitForAsync();
        await Expect(page.Locator(".before")).ToContainTextAsync("Cancelled");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = ShowAsTable() }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { NameRegex = AsNumbers() })).ToContainTextAsync("cancelled");
    }

    [Fact]
    public async Task Run_CancelledByARecycle_ShowsCausesEvidenceAndThatNobodyDidIt()
    {
        var page = await OpenAsync(RunPath);

        var first = page.Locator(".cause").First;
        await Expect(page.Locator(".answer dt")).ToHaveCountAsync(3);
        await Expect(first.GetByRole(AriaRole.Table).First).ToBeVisibleAsync();
        await Expect(page.Locator("#who p").First).ToBeVisibleAsync();
        await Expect(page.Locator("#who li")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Timeline around it" }).ClickAsync();
        await page.Locator("section.before").WaitForAsync();
    }

    [Fact]
    public async Task Changes_MarkedAsSeen_SayWhenThatWas()
    {
        var page = await OpenAsync("/changes");

        await page.GetByRole(AriaRole.Button, new() { Name = "Mark as seen" }).ClickAsync();

        await Expect(page.Locator(".lead")).ToContainTextAsync("Since ");
        await page.GetByRole(AriaRole.Link, new() { Name = "7 days" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = NewFailures() })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task PatchTuesday_EarlierRelease_IsChosenInTheAddress()
    {
        var page = await OpenAsync("/patch-tuesday");

        await page.ChooseAsync("Release", 3);

        await Expect(page).ToHaveURLAsync(ReleaseInAddress());
        await Expect(page.GetByRole(AriaRole.Table)).ToContainTextAsync("Updates");
    }

    [Fact]
    public async Task Tree_FromTheFleet_IsOneClickAway()
    {
        var page = await OpenAsync("/");

        await page.GetByRole(AriaRole.Link, new() { Name = "Tree", Exact = true }).ClickAsync();

        await Expect(page).ToHaveURLAsync(TreeInAddress());
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = demo.NameOf(Scenario.Healthy) }).First).ToBeVisibleAsync();
    }

    private static string Describe(AxeResultItem violation) =>
        $"{violation.Id} ({violation.Impact}): {violation.Help}; {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}";

    private async Task<IPage> OpenAsync(string path, Viewport? viewport = null, ColorScheme scheme = ColorScheme.Light)
    {
        using var rest = demo.Rest();
        var server = await demo.ServerAsync(rest, Scenario.LargeCatalogue);
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync(), viewport, scheme);
        var address = path.Replace("{id}", server.Text("id"), StringComparison.Ordinal);
        if (path == RunPath)
        {
            var starved = (await demo.ServerAsync(rest, Scenario.StarvedPool, 1)).Text("id");
            // A day old: before anything that these tests do to the server, however long they take.
            var run = (await rest.GetAsync($"/api/v1/servers/{starved}/syncs?result=cancelled&source=wsus&pageSize=1&to={TimeProvider.System.GetUtcNow().AddDays(-1):yyyy-MM-ddTHH:mm:ssZ}")).GetProperty("items")[0].Text("id");
            address = $"/servers/{starved}/syncs/{Uri.EscapeDataString(run)}";
        }

        await page.GotoAsync(new Uri(demo.Address, address).ToString());
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First.WaitForAsync();
        await page.CircuitAsync();
        return page;
    }

    [GeneratedRegex(": show as table$")]
    private static partial Regex ShowAsTable();

    [GeneratedRegex(", as numbers$")]
    private static partial Regex AsNumbers();

    [GeneratedRegex("[A-Z][a-z]{2} [0-9]{4}-[0-9]{2}-[0-9]{2}.*:")]
    private static partial Regex DayInWords();

    [GeneratedRegex("[?&]day=[0-9]{4}-[0-9]{2}-[0-9]{2}")]
    private static partial Regex DayInAddress();

    [GeneratedRegex("/servers/[0-9]+/timeline[?]day=")]
    private static partial Regex TimelineOfADay();

    [GeneratedRegex("[?]release=[0-9]{4}-[0-9]{2}")]
    private static partial Regex ReleaseInAddress();

    [GeneratedRegex("[?]view=tree")]
    private static partial Regex TreeInAddress();

    [GeneratedRegex("^[1-9][0-9]+$")]
    private static partial Regex Digits();

    [GeneratedRegex("New failures")]
    private static partial Regex NewFailures();
}
