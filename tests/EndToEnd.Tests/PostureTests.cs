using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>The posture as a person uses it: from the sentence to the evidence, accepted by keyboard and taken back, on every width and in the dark.</summary>
[Collection(DemoCollection.Name)]
public sealed class PostureTests(DemoFixture demo, Chromium chromium)
{
    private static readonly Viewport Wide = new(2560, 1440);

    [Fact]
    public async Task Fleet_FromTheSentenceToTheEvidence_IsTwoClicks()
    {
        var (server, _, finding) = await VulnerableAsync();
        var page = await OpenAsync("/posture");
        await Expect(page.Locator("p.sentence")).Not.ToHaveAttributeAsync("data-vulnerable", "0");
        await Expect(page.Locator("section[data-kind='CannotSay'] li").First).ToBeVisibleAsync();
        await Expect(page.Locator("#calendar tbody tr").First).ToBeVisibleAsync();

        await page.Locator($"section[data-kind='Vulnerability'] li[data-finding='{finding}'] h3 a").ClickAsync();
        await page.Locator($"tr[data-server='{server}'] th a").ClickAsync();

        await Expect(page.Locator($"li[data-finding='{finding}'] .evidence time").First).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Uri(demo.Address, $"/servers/{server}/posture").ToString());
        await page.GoBackAsync();
        await page.Locator($"tr[data-server='{server}']").WaitForAsync();
    }

    [Fact]
    public async Task Server_AcceptedByKeyboardAndTakenBack_SaysByWhomAndUntilWhen()
    {
        var (server, _, finding) = await VulnerableAsync();
        var page = await OpenAsync($"/servers/{server}/posture");

        await page.Locator($"[data-acknowledge='{finding}'] button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator($"[data-acknowledge='{finding}'] textarea").FocusAsync();
        await page.Keyboard.TypeAsync("Replaced next month.");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        var accepted = page.Locator($"li[data-finding='{finding}'] [data-accepted]");
        await Expect(accepted).ToContainTextAsync("Replaced next month.");
        Assert.Empty((await page.FindViolationsAsync()).Select(Describe));

        await accepted.GetByRole(AriaRole.Button).ClickAsync();

        await Expect(accepted).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Page_OnEveryWidth_IsAccessibleAndFits(ColorScheme scheme)
    {
        var (server, _, finding) = await VulnerableAsync();
        foreach (var (path, name) in new[] { ("/posture", "posture"), ($"/posture?finding={finding}", "posture-finding"), ($"/servers/{server}/posture", "posture-server") })
        {
            foreach (var viewport in new[] { Viewport.Phone, Viewport.Laptop, Wide })
            {
                var page = await OpenAsync(path, viewport, scheme);
                var violations = string.Join('\n', (await page.FindViolationsAsync()).Select(Describe));
                Assert.True(violations.Length == 0, $"{name} at {viewport.Width}: {violations}");
                Assert.InRange(await page.OverflowAsync(), int.MinValue, 0);
                if (Environment.GetEnvironmentVariable("WSUS_PICTURES") is { Length: > 0 } folder)
                {
                    await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{viewport.Width}-{scheme}.png"), FullPage = true });
                }
            }
        }
    }

    private static string Describe(AxeResultItem violation) =>
        $"{violation.Id} ({violation.Impact}): {violation.Help}; {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}";

    /// <summary>A server with a known vulnerability that nobody has accepted.</summary>
    private async Task<(string Id, string Name, string Finding)> VulnerableAsync()
    {
        using var rest = demo.Rest();
        var found = await Eventually.Async(() => rest.GetAsync("/api/v1/posture?kind=vulnerability&answer=found&acknowledged=false"), answer => answer.GetProperty("total").GetInt32() > 0);
        var row = found.GetProperty("items")[0];
        return (row.GetProperty("serverId").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture), row.Text("serverName"), row.Text("finding", "id"));
    }

    private async Task<IPage> OpenAsync(string path, Viewport? viewport = null, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync(), viewport, scheme);
        await page.GotoAsync(new Uri(demo.Address, path).ToString());
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First.WaitForAsync();
        await page.CircuitAsync();
        return page;
    }
}
