using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.People;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Simulator.Demo;

namespace WsusDashboard.EndToEnd.Tests.Jobs;

/// <summary>Sixty servers with a year behind them, and the lead who comes in at eight. Its own estate: the story repairs half of it.</summary>
public sealed class EightOClock : IAsyncLifetime
{
    public const int Servers = 60;
    public const string Password = "four words nobody guesses";

    private const int HistoryDays = 365;

    private readonly TempFolder _folder = new();
    private DemoHost? _demo;
    private int _leads;

    public Uri Address => new UriBuilder(Demo.DashboardAddress!) { Host = "localhost" }.Uri;

    private DemoHost Demo => _demo ?? throw new InvalidOperationException("The demo is not started.");

    public RestClient Rest() => new(Demo.DashboardAddress!, Demo.ApiToken);

    /// <summary>A lead with a password of their own, who has just taken the invitation; the page shows the fleet.</summary>
    public async Task<IPage> EnterAsync(Chromium chromium, List<string> errors, bool movesFreely)
    {
        string link;
        await using (var scope = Demo.DashboardServices!.CreateOwnScope())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"lead{++_leads}");
            var invited = await scope.ServiceProvider.GetRequiredService<PeopleService>().InviteAsync(name, [new(Role.Operator, SiteScope.WholeFleet)], TestContext.Current.CancellationToken);
            Assert.True(invited.IsSuccess, invited.Failure?.Message);
            link = invited.Value;
        }

        var page = await chromium.OpenAsync(null);
        await page.EmulateMediaAsync(new() { ReducedMotion = movesFreely ? ReducedMotion.NoPreference : ReducedMotion.Reduce });
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };
        await page.GotoAsync(new Uri(Address, link).ToString());
        await page.Locator("input[name='Input.Password']").FillAsync(Password);
        await page.Locator("input[name='Input.Repeat']").FillAsync(Password);
        await page.Locator("button[type=submit]").ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Fleet" }).WaitForAsync();
        await page.CircuitAsync();
        return page;
    }

    public async ValueTask InitializeAsync()
    {
        _demo = await DemoHost.StartAsync(
            new DemoOptions { Servers = Servers, HistoryDays = HistoryDays, Port = 0, AgentPort = 0, DataDirectory = _folder.File("demo"), Speed = DemoFixture.Speed }, TestContext.Current.CancellationToken);

        // At eight the night is over: what is wrong stands there.
        using var rest = Rest();
        await Eventually.Async(() => rest.GetAsync("/api/v1/problems/groups?acknowledged=false"), groups => groups.GetProperty("items").EnumerateArray().Count(group => group.Number("repairableCount") > 1) > 2);
    }

    public async ValueTask DisposeAsync()
    {
        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }

        _folder.Dispose();
    }
}

/// <summary>The mouse, or the keys alone.</summary>
internal sealed class Hand(IPage page, bool usesKeys)
{
    /// <summary>More stops than any page of the story has; then what was looked for can't be reached.</summary>
    private const int MostStops = 400;

    /// <summary>Presses a button or follows a link.</summary>
    public async Task UseAsync(ILocator target)
    {
        if (!usesKeys)
        {
            await target.ClickAsync();
            return;
        }

        await ReachAsync(target);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Writes into a field.</summary>
    public async Task WriteAsync(ILocator field, string text)
    {
        await (usesKeys ? ReachAsync(field) : field.ClickAsync());
        await page.Keyboard.TypeAsync(text);
    }

    /// <summary>Opens a page of the menu: by its link, or by the command palette.</summary>
    public async Task GoToAsync(string title)
    {
        if (!usesKeys)
        {
            await page.Locator(".main-nav").GetByRole(AriaRole.Link, new() { Name = title, Exact = true }).ClickAsync();
            return;
        }

        await page.Keyboard.PressAsync("Control+k");
        await page.Locator("#palette input").WaitForAsync();
        await page.Keyboard.TypeAsync(title);
        await page.Locator("#palette [role='option'][data-key^='page:']").First.WaitForAsync();
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Tab by Tab, as somebody without a mouse comes there; the ring says where they are.</summary>
    private async Task ReachAsync(ILocator target)
    {
        await target.WaitForAsync();
        for (var stop = 0; stop < MostStops; stop++)
        {
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"{target} can't be reached with {MostStops} Tabs.");
    }
}
