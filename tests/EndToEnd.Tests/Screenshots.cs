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
            await using var demo = await DemoHost.StartAsync(new DemoOptions { Port = 0, AgentPort = 0, DataDirectory = Path.Combine(folder, "demo") }, TestContext.Current.CancellationToken);
            using var rest = new RestClient(demo.DashboardAddress!, demo.ApiToken);
            var unreachable = demo.Estate.Servers.First(server => server.Scenario == Scenario.Unreachable).Name;
            await Eventually.Async("the estate has told its stories", () => rest.ServerAsync(unreachable), server => server.Text("health") == "unreachable");
            var starved = await rest.ServerAsync(demo.Estate.Servers.First(server => server.Scenario == Scenario.StarvedPool).Name);

            await ShootAsync(demo, "/", "fleet-light", Viewport.Laptop, ColorScheme.Light);
            await ShootAsync(demo, "/", "fleet-dark", Viewport.Laptop, ColorScheme.Dark);
            await ShootAsync(demo, "/", "fleet-phone", Viewport.Phone, ColorScheme.Light);
            await ShootAsync(demo, $"/servers/{starved.Text("id")}", "server-light", Viewport.Laptop, ColorScheme.Light);
            await ShootAsync(demo, "/syncs", "syncs-dark", Viewport.Laptop, ColorScheme.Dark, page => page.Locator(".chart canvas").First.WaitForAsync());
            await ShootAsync(demo, $"/servers/{starved.Text("id")}", "plan-light", Viewport.Laptop, ColorScheme.Light, async page =>
            {
                await page.GetByRole(AriaRole.Button, new() { Name = $"Repair {starved.Text("name")}" }).First.ClickAsync();
                await page.GetByRole(AriaRole.List, new() { Name = "Steps of the plan" }).GetByRole(AriaRole.Button).Nth(1).ClickAsync();
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

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
