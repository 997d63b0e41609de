using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>What must hold on every page: readable by everyone, usable on a phone, and nothing fetched from outside.</summary>
[Collection(DemoCollection.Name)]
public sealed class PageTests(DemoFixture demo, Chromium chromium)
{
    public static TheoryData<string, ColorScheme> Pages()
    {
        var data = new TheoryData<string, ColorScheme>();
        foreach (var path in new[] { "/", "/servers/{id}", "/servers/{id}/edit", "/servers/{id}/syncs/{run}", "/syncs", "/repairs", "/baselines", "/servers/add", "/no-such-page" })
        {
            data.Add(path, ColorScheme.Light);
            data.Add(path, ColorScheme.Dark);
        }

        return data;
    }

    // What reaches furthest to the right, without what lies in a part that scrolls by itself.
    private const string Widest = """
        () => [...document.querySelectorAll('body *')]
            .filter(e => { for (let p = e.parentElement; p; p = p.parentElement) if (p !== document.body && getComputedStyle(p).overflowX !== 'visible') return false; return true; })
            .map(e => [Math.round(e.getBoundingClientRect().right), e.outerHTML.slice(0, 160)])
            .sort((a, b) => b[0] - a[0]).slice(0, 3).map(e => e.join(': ')).join(' | ')
        """;

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_OnALaptop_HasNoAccessibilityViolation(string path, ColorScheme scheme)
    {
        var page = await OpenAsync(path, Viewport.Laptop, scheme);

        var result = await page.RunAxe();

        Assert.Empty(result.Violations.Select(Describe));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_OnAPhone_NeedsNoSidewaysScrolling(string path, ColorScheme scheme)
    {
        var page = await OpenAsync(path, Viewport.Phone, scheme);

        var overflow = await page.OverflowAsync();

        var widest = await page.EvaluateAsync<string>(Widest);
        Assert.True(overflow <= 0, $"{path} is {overflow} pixels too wide for a phone: {widest}");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/servers/{id}")]
    public async Task Page_OnAPhone_HasNoAccessibilityViolation(string path)
    {
        var page = await OpenAsync(path, Viewport.Phone, ColorScheme.Light);

        var result = await page.RunAxe();

        Assert.Empty(result.Violations.Select(Describe));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task RepairSheet_WithAPlan_HasNoAccessibilityViolationAndClosesByEscape(ColorScheme scheme)
    {
        var page = await OpenAsync("/servers/{id}", Viewport.Laptop, scheme);
        await page.GetByRole(AriaRole.Button, new() { Name = "Repair " }).First.ClickAsync();
        var sheet = page.GetByRole(AriaRole.Dialog);
        await sheet.GetByRole(AriaRole.List, new() { Name = "Steps of the plan" }).WaitForAsync();

        var result = await page.RunAxe();
        await page.Keyboard.PressAsync("Escape");

        Assert.Empty(result.Violations.Select(Describe));
        await Assertions.Expect(sheet).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Fleet_ByKeyboardOnly_ReachesSearchAndAServer()
    {
        var page = await OpenAsync("/", Viewport.Laptop, ColorScheme.Light);
        var name = demo.NameOf(Scenario.Healthy);

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync(name);
        // The answer to all that was typed, not to its first letters.
        await page.GetByRole(AriaRole.Option, new() { Name = "Show 1 server in the fleet" }).WaitForAsync();
        await page.Keyboard.PressAsync("Enter");

        await page.GetByRole(AriaRole.Heading, new() { Name = name }).First.WaitForAsync();
    }

    [Fact]
    public async Task Page_FetchesNothing_FromOutside()
    {
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync());
        var outside = new List<string>();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(demo.Address.ToString(), StringComparison.OrdinalIgnoreCase) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                outside.Add(request.Url);
            }
        };

        await page.GotoAsync(new Uri(demo.Address, "/syncs").ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });

        Assert.Empty(outside);
    }

    private static string Describe(AxeResultItem violation) =>
        $"{violation.Id} ({violation.Impact}): {violation.Help}; {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}";

    private static async Task<string> FailedRunAsync(RestClient rest, string serverId)
    {
        var runs = await Eventually.Async(
            "a synchronization that did not succeed is listed",
            () => rest.GetAsync($"/api/v1/servers/{serverId}/syncs?pageSize=200"),
            answer => answer.GetProperty("items").EnumerateArray().Any(IsFailed));

        return Uri.EscapeDataString(runs.GetProperty("items").EnumerateArray().First(IsFailed).Text("id"));

        static bool IsFailed(System.Text.Json.JsonElement row) => row.Text("result") is "cancelled" or "failed";
    }

    private async Task<IPage> OpenAsync(string path, Viewport viewport, ColorScheme scheme)
    {
        using var rest = demo.Rest();
        var server = await demo.ServerAsync(rest, Scenario.LargeCatalogue);
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync(), viewport, scheme);
        var address = path.Replace("{id}", server.Text("id"), StringComparison.Ordinal);
        if (address.Contains("{run}", StringComparison.Ordinal))
        {
            address = address.Replace("{run}", await FailedRunAsync(rest, server.Text("id")), StringComparison.Ordinal);
        }

        await page.GotoAsync(new Uri(demo.Address, address).ToString());
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First.WaitForAsync();
        await page.CircuitAsync();
        return page;
    }
}
