using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using WsusDashboard.Simulator.Demo;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>Makes the pictures of the README from a fresh demo: dotnet run --project tests/EndToEnd.Tests -- -explicit only</summary>
public sealed class Screenshots(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact(Explicit = true)]
    public async Task Make()
    {
        var folder = Directory.CreateTempSubdirectory("wsusdashboard-pictures-").FullName;
        try
        {
            await using var demo = await DemoHost.StartAsync(new DemoOptions { Port = 0, AgentPort = 0, HistoryDays = 400, Speed = 10, DataDirectory = Path.Combine(folder, "demo") }, TestContext.Current.CancellationToken);
            using var rest = new RestClient(demo.DashboardAddress!, demo.ApiToken);
            var unreachable = demo.Estate.Servers.First(server => server.Scenario == Scenario.Unreachable).Name;
            await Eventually.Async(() => rest.ServerAsync(unreachable), server => server.Text("health") == "unreachable");
            var starved = await rest.ServerAsync(demo.Estate.Servers.First(server => server.Scenario == Scenario.StarvedPool).Name);

            await ShootAsync(demo, "/", "fleet-light", Viewport.Laptop, ColorScheme.Light);
            await ShootAsync(demo, "/", "fleet-dark", Viewport.Laptop, ColorScheme.Dark);
            await ShootAsync(demo, "/", "fleet-phone", Viewport.Phone, ColorScheme.Light);
            await ShootAsync(demo, $"/servers/{starved.Text("id")}", "server-light", Viewport.Laptop, ColorScheme.Light);
            await ShootAsync(demo, $"/servers/{starved.Text("id")}", "plan-light", Viewport.Laptop, ColorScheme.Light, async page =>
            {
                await page.GetByRole(AriaRole.Button, new() { Name = $"Repair {starved.Text("name")}" }).First.ClickAsync();
                await page.GetByRole(AriaRole.List, new() { Name = "Plan steps" }).WaitForAsync();
            });
            await ShootHistoryAsync(demo, rest, starved.Text("id"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The pages of the history: what failed, when, why, and whether the repair helped.</summary>
    private async Task ShootHistoryAsync(DemoHost demo, RestClient rest, string server)
    {
        // Of the days before the demo began: of those the timeline has the memory from minute to minute, and what came after.
        var runs = (await rest.GetAsync($"/api/v1/servers/{server}/syncs?result=cancelled&source=wsus&pageSize=10")).GetProperty("items");
        var (run, past) = (runs[0].Text("id"), runs[5].Text("id"));
        await ShootAsync(demo, "/syncs?days=365", "syncs-dark", Viewport.Laptop, ColorScheme.Dark, DrawnAsync);
        await ShootAsync(demo, "/syncs/days?days=365", "strip-light", Viewport.Laptop, ColorScheme.Light, page => page.Locator(".strip-box canvas").WaitForAsync());
        await ShootAsync(demo, $"/servers/{server}/timeline?run={past}", "timeline-light", Viewport.Laptop, ColorScheme.Light, DrawnAsync);
        await ShootAsync(demo, $"/servers/{server}/syncs/{run}", "run-light", Viewport.Laptop, ColorScheme.Light, page => page.Locator("#causes-title").WaitForAsync());
        await ShootAsync(demo, "/patch-tuesday", "patch-tuesday-light", Viewport.Laptop, ColorScheme.Light);
        await ShootAsync(demo, "/changes?hours=168", "changes-light", Viewport.Laptop, ColorScheme.Light);
        await ShootAsync(demo, "/?view=tree", "tree-dark", Viewport.Laptop, ColorScheme.Dark);
        await ShootEffectAsync(demo, rest, server);
    }

    /// <summary>A repair that has ended: what it is compared with, and how much is missing for a verdict.</summary>
    private async Task ShootEffectAsync(DemoHost demo, RestClient rest, string server)
    {
        var (status, _, location) = await rest.PostAsync($"/api/v1/servers/{server}/repairs", new { playbook = "full-repair", baseline = "guide", reason = "CHG-4711" });
        Assert.Equal(HttpStatusCode.Accepted, status);
        await rest.EndOfRunAsync(location!.ToString());
        var run = location.ToString().Split('/')[^1];
        await ShootAsync(demo, $"/repairs/{run}", "effect-light", Viewport.Laptop, ColorScheme.Light, page => page.Locator("#effect-title").ScrollIntoViewIfNeededAsync());
    }

    private static Task DrawnAsync(IPage page) => page.Locator(".chart canvas").First.WaitForAsync();

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Screenshots");

    private async Task ShootAsync(DemoHost demo, string path, string name, Viewport viewport, ColorScheme scheme, Func<IPage, Task>? before = null)
    {
        var page = await chromium.OpenAsync(await demo.MakeSignInLinkAsync(TestContext.Current.CancellationToken), viewport, scheme);
        await page.GotoAsync(new Uri(demo.DashboardAddress!, path).ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });
        await page.CircuitAsync();
        await (before?.Invoke(page) ?? Task.CompletedTask);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder(), name + ".png"), Animations = ScreenshotAnimations.Disabled });
    }
}
