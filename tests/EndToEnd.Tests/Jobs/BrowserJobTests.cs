using System.Text.RegularExpressions;
using Microsoft.Playwright;
using WsusDashboard.Simulator.Scenarios;
using static Microsoft.Playwright.Assertions;

namespace WsusDashboard.EndToEnd.Tests.Jobs;

/// <summary>The product's main job as a team lead does it: glance, find the red one, understand, repair, prove, undo.</summary>
[Collection(DemoCollection.Name)]
public sealed partial class BrowserJobTests(DemoFixture demo, Chromium chromium)
{
    [Fact]
    public async Task Lead_FindsTheStarvedServerRepairsItProvesItAndUndoes()
    {
        var name = demo.NameOf(Scenario.StarvedPool);
        using var rest = demo.Rest();
        await rest.ServerAsync(name);
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync());

        // Glance: the fleet, only what is critical; the filter is in the address.
        await page.GotoAsync(demo.Address.ToString());
        await page.GetByRole(AriaRole.Heading, new() { Name = "Fleet", Level = 1 }).WaitForAsync();
        await page.CircuitAsync();
        await page.Locator("a, button").Filter(new() { HasTextRegex = Critical() }).First.ClickAsync();
        await Expect(page).ToHaveURLAsync(CriticalInAddress());
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = name });
        await Expect(row).ToContainTextAsync("Started");

        // Understand: the server's page names the cause.
        await row.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = name }).WaitForAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync(MemoryLimit());

        // Repair: one click to the plan, one to start it.
        await page.GetByRole(AriaRole.Button, new() { NameRegex = RepairButton() }).First.ClickAsync();
        var sheet = page.GetByRole(AriaRole.Dialog);
        await sheet.GetByRole(AriaRole.List, new() { Name = "Plan steps" }).WaitForAsync();
        await Expect(sheet).ToContainTextAsync("Default Web Site");
        await Expect(sheet).ToContainTextAsync("30,000");
        await sheet.GetByLabel("Ticket (optional)").FillAsync("CHG-2001");
        await sheet.GetByRole(AriaRole.Button, new() { Name = $"Repair {name}", Exact = true }).ClickAsync();

        // Watch: it says what it does and can be stopped; at the end it says what is proven.
        await Expect(sheet.Locator(".notice-busy button")).ToBeVisibleAsync();
        await Expect(sheet.Locator(".notice-good .result")).ToBeVisibleAsync();
        await Expect(sheet.Locator(".two-numbers dd").First).ToBeVisibleAsync();
        await Expect(sheet.Locator("[data-number='failures']")).ToBeVisibleAsync();
        var server = await Eventually.Async(() => rest.ServerAsync(name), candidate => candidate.Text("health") == "healthy");
        Assert.Equal("succeeded", server.Text("lastSync", "result"));
        Assert.True(server.Number("updates", "total") > 0, server.ToString());

        // Undo: confirmed, and the drift is back on the page.
        await sheet.GetByRole(AriaRole.Button, new() { NameRegex = UndoButton() }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).Last.GetByRole(AriaRole.Button, new() { NameRegex = RestoreButton() }).ClickAsync();
        await Eventually.Async(() => rest.ServerAsync(name),
            candidate => candidate.GetProperty("findings").EnumerateArray().Any(finding => finding.Text("id") == "settings-drift"));
    }

    [Fact]
    public async Task FleetRow_WhosePoolIsStoppedOnTheServer_ChangesWithoutReload()
    {
        var server = demo.Estate.Servers[demo.IndexOf(Scenario.Standalone)];
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync());
        await page.GotoAsync(new Uri(demo.Address, $"/?search={server.Name}").ToString());
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = server.Name });
        await Expect(row).ToContainTextAsync("Started");

        using var agent = new RestClient(server);
        await agent.PostAsync("/v1/pools/WsusPool:stop", new { context = new { person = "test" } });
        await Expect(row).ToContainTextAsync("Stopped");

        await agent.PostAsync("/v1/pools/WsusPool:start", new { context = new { person = "test" } });
        await Expect(row).ToContainTextAsync("Started");
    }

    [Fact]
    public async Task FleetRow_OfAServerBehindARefusingProxy_OffersNoRepairButTheNextStep()
    {
        var name = demo.NameOf(Scenario.ProxyRefuses, 1);
        using var rest = demo.Rest();
        await rest.ServerAsync(name);
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync());

        await page.GotoAsync(new Uri(demo.Address, $"/?search={name}").ToString());

        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = name });
        await Expect(row).ToContainTextAsync(Proxy());
        await Expect(row.GetByRole(AriaRole.Button, new() { NameRegex = RepairButton() })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task FailureHistory_OfTheFleet_ShowsAChartAndTheSameNumbersAsATable()
    {
        var page = await chromium.OpenAsync(await demo.SignInLinkAsync());
        await page.GotoAsync(new Uri(demo.Address, "/syncs?days=90").ToString());

        await page.Locator(".chart canvas").First.WaitForAsync();
        await page.CircuitAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Syncs per day: show as table" }).ClickAsync();

        var table = page.GetByRole(AriaRole.Region, new() { Name = "Syncs per day, as numbers" });
        await Expect(table).ToContainTextAsync("Succeeded");
        Assert.True(await table.GetByRole(AriaRole.Row).CountAsync() > 20);
    }

    [GeneratedRegex("critical", RegexOptions.IgnoreCase)]
    private static partial Regex Critical();

    [GeneratedRegex("health=critical", RegexOptions.IgnoreCase)]
    private static partial Regex CriticalInAddress();

    [GeneratedRegex("memory limit")]
    private static partial Regex MemoryLimit();

    [GeneratedRegex("^Repair ")]
    private static partial Regex RepairButton();

    [GeneratedRegex("^Undo ")]
    private static partial Regex UndoButton();

    [GeneratedRegex("^Restore [0-9]+ settings? on ")]
    private static partial Regex RestoreButton();

    [GeneratedRegex("proxy", RegexOptions.IgnoreCase)]
    private static partial Regex Proxy();
}
