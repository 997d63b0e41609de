using System.Net;
using Microsoft.Playwright;
using WsusDashboard.Simulator.Estates;
using static Microsoft.Playwright.Assertions;

namespace WsusDashboard.EndToEnd.Tests.Clusters;

/// <summary>The topology of docker/compose.yaml as processes: PostgreSQL, two dashboards, and nginx with the configuration that ships.</summary>
public sealed class BalancedClusterTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int Servers = 6;

    [Fact]
    public async Task Page_WhoseDashboardIsKilled_ComesBackOnTheOtherByItselfWithoutANewSignIn()
    {
        ClusterTests.SkipWithoutPostgreSql();
        SkipWithoutNginx();
        var address = new Uri(FormattableString.Invariant($"https://localhost:{LoopbackPort.Choose()}/"));
        await using var fleet = await SharedFleet.StartAsync(Servers, dashboards: 2, address);
        await using var nginx = await NginxProcess.StartAsync(address, [.. fleet.Hubs.Select(hub => hub.Address)]);
        var page = await chromium.OpenAsync(new Uri(address, fleet.SignInLink), trustsAll: true);
        await page.GotoAsync(address.ToString());
        await ShowsFleetAsync(page);
        var cookie = Assert.Single(await page.Context.CookiesAsync(), cookie => cookie.Name == "wsus-session");
        var serving = nginx.AskedFor("/_blazor/negotiate")[^1];
        await page.EvaluateAsync("() => { window.isBefore = true; }");

        await fleet.KillAsync(fleet.Hubs.Single(hub => hub.Address.Authority == serving));

        await page.WaitForFunctionAsync("() => !window.isBefore && document.documentElement.dataset.circuit === 'up'");
        await ShowsFleetAsync(page);
        Assert.Equal(fleet.Hubs[0].Address.Authority, nginx.AskedFor("/_blazor/negotiate")[^1]);
        Assert.True(cookie.Secure);
        Assert.DoesNotContain(fleet.Hubs[0].Address.Authority, nginx.AskedFor("/sign-in"));

        // A third one joins, and is drained on the page of dashboards.
        var joined = await fleet.JoinAsync();
        await fleet.UntilSharedAsync();
        await page.GotoAsync(new Uri(address, "/cluster").ToString());
        await page.CircuitAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = joined.Address.Authority });
        await Expect(row).ToContainTextAsync("running");
        await row.GetByRole(AriaRole.Button, new() { Name = "Drain " }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Drain " }).ClickAsync();
        await Expect(row).ToContainTextAsync("drained");
        await Expect(row.GetByRole(AriaRole.Cell).Nth(6)).ToHaveTextAsync("0");
        using var rest = new RestClient(joined.Address, joined.Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rest.ReadAsync("/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await rest.ReadAsync("/api/v1/servers")).Status);
        await row.GetByRole(AriaRole.Button, new() { Name = "End draining " }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "End draining " }).ClickAsync();
        await Expect(row).ToContainTextAsync("running");
        Assert.Empty(await page.FindViolationsAsync());
    }

    private static async Task ShowsFleetAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Heading, new() { Name = "Fleet", Level = 1 }).WaitForAsync();
        await page.CircuitAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "-WSUS0003" })).ToBeVisibleAsync();
    }

    private static void SkipWithoutNginx()
    {
        if (NginxProcess.FindObstacle() is { } obstacle)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", obstacle);
            Assert.Fail(obstacle);
        }
    }
}
