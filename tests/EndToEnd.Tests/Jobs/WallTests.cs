using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Simulator.Demo;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.EndToEnd.Tests.Jobs;

/// <summary>A screen that nobody touches: what it holds does not grow, and it comes back by itself.</summary>
public sealed class WallTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    /// <summary>Real minutes; WSUS_WALL_MINUTES makes them fewer or more.</summary>
    private const double DefaultMinutes = 30;

    private const double LargestGrowth = 0.10;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(2);
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Explicit = true)]
    public async Task Wall_ForHalfAnHourAndOverARestart_DoesNotGrowAndComesBackWithoutAClick()
    {
        var minutes = double.TryParse(Environment.GetEnvironmentVariable("WSUS_WALL_MINUTES"), CultureInfo.InvariantCulture, out var asked) ? asked : DefaultMinutes;
        var options = new DemoOptions { Servers = 60, Port = LoopbackPort.Choose(), AgentPort = 0, DataDirectory = _folder.File("demo"), Speed = DemoFixture.Speed };
        var demo = await DemoHost.StartAsync(options, Token);
        try
        {
            // As somebody sets a screen up: the token stands behind the # of the address, once.
            var page = await chromium.OpenAsync(null, new Viewport(1920, 1080));
            await page.GotoAsync(new Uri(new UriBuilder(demo.DashboardAddress!) { Host = "localhost" }.Uri, $"/wall/sign-in#{await MakeTokenAsync(demo.DashboardServices!)}").ToString());
            await page.Locator("[data-number='need']").WaitForAsync();

            // As the screen does after each start of its computer: it is signed in.
            await page.ReloadAsync();
            await page.CircuitAsync();
            var cdp = await page.Context.NewCDPSessionAsync(page);

            await Task.Delay(WarmUp, Token);
            var before = await WeighAsync(cdp);
            var clock = Stopwatch.StartNew();
            await Task.Delay(TimeSpan.FromMinutes(minutes), Token);
            var after = await WeighAsync(cdp);
            var text = await page.Locator(".wall-clock").InnerTextAsync();

            await demo.DisposeAsync();
            await page.Locator("html:not([data-circuit='up'])").WaitForAsync(new() { State = WaitForSelectorState.Attached });
            demo = await DemoHost.StartAsync(options, Token);
            var back = Stopwatch.StartNew();
            await page.Locator("[data-number='need']").WaitForAsync();
            await page.CircuitAsync();

            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{clock.Elapsed.TotalMinutes - back.Elapsed.TotalMinutes:N1} min: heap {before.Bytes / 1024:N0} KB, then {after.Bytes / 1024:N0} KB; nodes {before.Nodes}, then {after.Nodes}; listeners {before.Listeners}, then {after.Listeners}; back {back.Elapsed.TotalSeconds:N1} s after the restart; \"{text}\""));
            Assert.True(after.Bytes < before.Bytes * (1 + LargestGrowth), $"The heap grew from {before.Bytes:N0} to {after.Bytes:N0} bytes.");
            Assert.True(after.Nodes < before.Nodes * (1 + LargestGrowth), $"The nodes grew from {before.Nodes} to {after.Nodes}.");
            Assert.True(after.Listeners <= before.Listeners * (1 + LargestGrowth), $"The listeners grew from {before.Listeners} to {after.Listeners}.");
        }
        finally
        {
            await demo.DisposeAsync();
        }
    }

    /// <summary>What the page holds once everything that can go has gone.</summary>
    private static async Task<(double Bytes, int Nodes, int Listeners)> WeighAsync(ICDPSession cdp)
    {
        await cdp.SendAsync("HeapProfiler.collectGarbage");
        var heap = await cdp.SendAsync("Runtime.getHeapUsage");
        var counters = await cdp.SendAsync("Memory.getDOMCounters");
        return (heap!.Value.GetProperty("usedSize").GetDouble(), counters!.Value.GetProperty("nodes").GetInt32(), counters.Value.GetProperty("jsEventListeners").GetInt32());
    }

    /// <summary>A token that can only look, of somebody who may do more.</summary>
    private static async Task<string> MakeTokenAsync(IServiceProvider services)
    {
        await using var scope = services.CreateOwnScope();
        var people = scope.ServiceProvider.GetRequiredService<SecurityContext>();
        var person = new Person { UserName = "screen", NormalizedUserName = "SCREEN", DisplayName = "screen", CreatedAt = TimeProvider.System.GetUtcNow().UtcDateTime };
        people.Users.Add(person);
        people.Grants.AddRange(GrantRows.ToRows(person.Id, [new(Role.Viewer, SiteScope.WholeFleet)]));
        var (text, id, hash) = ApiTokenText.Make();
        people.ApiTokens.Add(new() { Id = id, PersonId = person.Id, Name = "wall", Hash = hash, Role = Role.Viewer, Sites = GrantRows.ToSites(SiteScope.WholeFleet), ExpiresAt = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1) });
        await people.SaveChangesAsync(Token);
        await services.GetRequiredService<AccessCache>().ReloadAsync(Token);
        return text;
    }
}
