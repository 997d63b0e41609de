using Microsoft.Playwright;
using WsusDashboard.Simulator.Scenarios;
using static Microsoft.Playwright.Assertions;

namespace WsusDashboard.EndToEnd.Tests.Jobs;

/// <summary>Eight o'clock: what is there, somebody says that they know of it, and takes it on.</summary>
[Collection(DemoCollection.Name)]
public sealed class TriageJobTests(DemoFixture demo, Chromium chromium)
{
    private const string Group = ".triage [data-cause='proxy-refused']";
    private const string Comment = "The proxy team knows <b>since nine</b>";

    [Fact]
    public async Task Lead_AcknowledgesAGroupTakesItOnAndFindsItOnThePageOfTheProblem()
    {
        using var rest = demo.Rest();
        await rest.ServerAsync(demo.NameOf(Scenario.ProxyRefuses));
        var problems = await Eventually.Async(() => rest.GetAsync("/api/v1/problems?current=true&cause=proxy-refused"), answer => answer.GetProperty("items").GetArrayLength() > 0);
        var id = problems.GetProperty("items")[0].Text("id");
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync());
        await page.GotoAsync(demo.Address.ToString());
        await page.CircuitAsync();
        await Expect(page.Locator(Group)).ToBeVisibleAsync();
        Assert.True(int.Parse((await page.Locator(".triage").GetAttributeAsync("data-needing"))!, System.Globalization.CultureInfo.InvariantCulture) > 0);

        // By keyboard alone: open the form, the first field has the focus, and Enter on the button sends it.
        await page.Locator($"{Group} button[aria-expanded]").First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var form = page.Locator($"{Group} form");
        await Expect(form.GetByLabel("How long")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "3 days" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(form.GetByLabel("How long")).ToHaveValueAsync("3 days");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Comment);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");

        // It is folded, with the words as they were typed.
        var known = page.Locator(".triage [data-folded='known']");
        await Expect(known).ToBeVisibleAsync();
        await known.Locator("summary").ClickAsync();
        var group = page.Locator("[data-folded='known'] [data-cause='proxy-refused']");
        await Expect(group).ToContainTextAsync(Comment);

        await group.Locator("button[aria-expanded]").ClickAsync();
        await group.Locator("form button[type=submit]").ClickAsync();
        await Expect(group.Locator(".assigned")).ToContainTextAsync("you");
        Assert.Empty((await page.FindViolationsAsync()).Select(violation => $"{violation.Id}: {violation.Nodes[0].Html}"));

        // The page of all problems begins with the same groups, and leads to the one.
        await page.GotoAsync(new Uri(demo.Address, "/problems").ToString());
        await page.CircuitAsync();
        await Expect(page.Locator(".groups [data-cause='proxy-refused']")).ToContainTextAsync(Comment);
        await page.GotoAsync(new Uri(demo.Address, "/problems?cause=proxy-refused&acknowledged=true&assigned=me").ToString());
        await page.CircuitAsync();
        await page.Locator($"tr[data-problem='{id}'] th a").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Uri(demo.Address, $"/problems/{id}").ToString());
        await Expect(page.Locator("#acknowledged")).ToContainTextAsync(Comment);
        await Expect(page.Locator("#assigned")).ToContainTextAsync("you");
        await Expect(page.Locator(".moment[data-kind='Assigned']")).ToHaveCountAsync(1);
        await Expect(page.Locator(".moment[data-kind='Acknowledged']")).ToHaveCountAsync(1);
        Assert.Equal("True", (await rest.GetAsync("/api/v1/problems/groups")).GetProperty("items").EnumerateArray().Single(one => one.Text("causeId") == "proxy-refused").Text("isAcknowledged"));

        // Other tests share the demo.
        await page.Locator("#acknowledged button").ClickAsync();
        await Expect(page.Locator("#acknowledged")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Phone_HasTheFirstProblemOnItsFirstScreen()
    {
        using var rest = demo.Rest();
        await Eventually.Async(() => rest.GetAsync("/api/v1/problems/groups"), answer => answer.GetProperty("items").GetArrayLength() > 0);
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync(), Viewport.Phone);
        await page.GotoAsync(demo.Address.ToString());
        await page.CircuitAsync();
        await Expect(page.Locator(".triage .group").First).ToBeVisibleAsync();

        var box = await page.Locator(".triage .group").First.BoundingBoxAsync();

        Assert.True(box!.Y + box.Height <= Viewport.Phone.Height, $"The first problem ends at {box.Y + box.Height} of {Viewport.Phone.Height} pixels.");
        Assert.True(await page.OverflowAsync() <= 0);
    }
}
