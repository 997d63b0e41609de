using System.Net;
using System.Reflection;
using Deque.AxeCore.Commons;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>What must hold on every page: readable by everyone, usable on a phone, and nothing fetched from outside.</summary>
[Collection(DemoCollection.Name)]
public sealed class PageTests(DemoFixture demo, Chromium chromium)
{
    /// <summary>Every page that the dashboard routes to, and an address that it does not know.</summary>
    public static TheoryData<string> Pages =>
    [
        .. Assembly.Load("WsusDashboard.Dashboard").GetTypes()
            .SelectMany(type => type.GetCustomAttributes<RouteAttribute>(), (type, route) => route.Template)
            .Order(StringComparer.Ordinal),
        "/no-such-page",
    ];

    // What reaches furthest to the right, without what lies in a part that scrolls by itself.
    internal const string Widest = """
        () => [...document.querySelectorAll('body *')]
            .filter(e => { for (let p = e.parentElement; p; p = p.parentElement) if (p !== document.body && getComputedStyle(p).overflowX !== 'visible') return false; return true; })
            .map(e => [Math.round(e.getBoundingClientRect().right), e.outerHTML.slice(0, 160)])
            .sort((a, b) => b[0] - a[0]).slice(0, 3).map(e => e.join(': ')).join(' | ')
        """;

    // What gets the focus and shows no ring: none of its own, and none around its field.
    internal const string WithoutRing = """
        () => {
            const wanted = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
            const seen = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('[inert], .visually-hidden') && element.getClientRects().length > 0;
            const drawn = style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && style.outlineColor !== 'rgba(0, 0, 0, 0)';
            const before = document.activeElement;
            const bare = [];
            for (const element of [...document.querySelectorAll(wanted)].filter(element => seen(element) && !element.disabled)) {
                element.focus({ preventScroll: true, focusVisible: true });
                if (document.activeElement !== element) {
                    continue;
                }
                // What fades in is measured when it has: with reduced motion everything does, for an instant.
                getComputedStyle(element).outlineStyle;
                document.getAnimations().filter(animation => animation instanceof CSSTransition).forEach(transition => transition.finish());
                const field = element.closest('.mud-input-control, .mud-checkbox, label');
                const border = field?.querySelector('.mud-input-outlined-border');
                const ring = drawn(getComputedStyle(element)) || (field && drawn(getComputedStyle(field))) || (border && parseFloat(getComputedStyle(border).borderTopWidth) >= 2);
                if (!ring) {
                    bare.push(element.outerHTML.slice(0, 160));
                }
            }
            before?.focus?.({ preventScroll: true });
            return bare.slice(0, 3);
        }
        """;

    // Text that is cut off without a sign of it.
    internal const string Cut = """
        () => [...document.querySelectorAll('body *')]
            .filter(e => [...e.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim().length > 0))
            .filter(e => { const style = getComputedStyle(e); return ['hidden', 'clip'].includes(style.overflowX) && style.textOverflow !== 'ellipsis' && style.clipPath === 'none' && e.clientWidth > 1; })
            .filter(e => e.scrollWidth > e.clientWidth + 1 && e.checkVisibility())
            .map(e => e.outerHTML.slice(0, 160)).slice(0, 3)
        """;

    /// <summary>200 % zoom of a laptop, a small window, three screens: between the phone and the widest.</summary>
    private static readonly int[] Widths = [683, 800, 1024, 1200, 1306, 1366, 1920, 2560];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_IsAccessibleFitsAPhoneAndBreaksNoPolicy(string route)
    {
        var refused = new List<string>();
        var page = await OpenAsync(route, refused);
        var problems = new List<string>();

        // One load of the page serves all: the scheme and the window change under it, as they do for a person.
        problems.AddRange((await page.FindViolationsAsync()).Select(violation => $"laptop, light: {Describe(violation)}"));
        await KeepAsync(page, route, "laptop");
        await page.Keyboard.PressAsync("Tab");
        problems.AddRange((await page.EvaluateAsync<string[]>(WithoutRing)).Select(element => $"no focus ring: {element}"));
        await page.SetSchemeAsync(ColorScheme.Dark);
        problems.AddRange((await page.FindViolationsAsync()).Select(violation => $"laptop, dark: {Describe(violation)}"));
        await page.SetSchemeAsync(ColorScheme.Light);
        foreach (var width in Widths)
        {
            await page.SetViewportSizeAsync(width, Viewport.Laptop.Height);
            await page.SettleAsync();
            if (await page.OverflowAsync() is > 0 and var tooWide)
            {
                problems.Add($"{width}: {tooWide} pixels too wide: {await page.EvaluateAsync<string>(Widest)}");
            }

            problems.AddRange((await page.EvaluateAsync<string[]>(Cut)).Select(element => $"{width}: cut off: {element}"));
        }

        await KeepAsync(page, route, "wide");
        await page.SetViewportSizeAsync(Viewport.Phone.Width, Viewport.Phone.Height);
        await page.SettleAsync();
        if (await page.OverflowAsync() is > 0 and var overflow)
        {
            problems.Add($"phone: {overflow} pixels too wide: {await page.EvaluateAsync<string>(Widest)}");
        }

        if (route is "/" or "/servers/{Id:int}")
        {
            problems.AddRange((await page.FindViolationsAsync()).Select(violation => $"phone: {Describe(violation)}"));
        }

        await KeepAsync(page, route, "phone");

        Assert.Empty(problems);
        Assert.Empty(refused);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task RepairSheet_WithAPlan_HasNoAccessibilityViolationAndClosesByEscape(ColorScheme scheme)
    {
        var page = await OpenAsync("/servers/{Id:int}/repair", scheme: scheme);
        var sheet = page.GetByRole(AriaRole.Dialog);
        // A server that is well by now has no playbook of its own to show.
        await sheet.GetByLabel("Playbook").SelectOptionAsync(PlaybookCatalog.PoolOnlyId);
        await sheet.GetByRole(AriaRole.List, new() { Name = "Plan steps" }).WaitForAsync();

        var violations = await page.FindViolationsAsync();
        await page.Keyboard.PressAsync("Escape");

        Assert.Empty(violations.Select(Describe));
        await Assertions.Expect(sheet).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Fleet_ByKeyboardOnly_ReachesSearchAndAServer()
    {
        var page = await OpenAsync("/");
        var name = demo.NameOf(Scenario.Healthy);

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync(name);
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
        var runs = await Eventually.Async(() => rest.GetAsync($"/api/v1/servers/{serverId}/syncs?pageSize=200"),
            answer => answer.GetProperty("items").EnumerateArray().Any(IsFailed));

        return Uri.EscapeDataString(runs.GetProperty("items").EnumerateArray().First(IsFailed).Text("id"));

        static bool IsFailed(System.Text.Json.JsonElement row) => row.Text("result") is "cancelled" or "failed";
    }

    /// <summary>Pictures for a person, where WSUS_PICTURES names a folder.</summary>
    private static async Task KeepAsync(IPage page, string route, string size)
    {
        if (Environment.GetEnvironmentVariable("WSUS_PICTURES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{string.Concat(route.Where(letter => char.IsAsciiLetter(letter) || letter == '-'))}-{size}.png") });
        }
    }

    /// <summary>What stands in an address in place of its parameters. A page whose parameters have no entry here fails by its name.</summary>
    private async Task<string> AddressAsync(string route)
    {
        using var rest = demo.Rest();
        var server = (await demo.ServerAsync(rest, Scenario.LargeCatalogue)).Text("id");
        return route switch
        {
            "/servers/{Id:int}/syncs/{RunId}" => $"/servers/{server}/syncs/{await FailedRunAsync(rest, server)}",
            "/problems/{Id:long}" => $"/problems/{(await ProblemAsync(rest)).Text("id")}",
            "/repairs/{RepairId}" => $"/repairs/{await RepairAsync(rest)}",
            "/reports/{Id:long}" => $"/reports/{await ReportAsync(rest)}",
            _ when route.StartsWith("/servers/{Id:int}", StringComparison.Ordinal) && route.Count('{') == 1 => route.Replace("{Id:int}", server, StringComparison.Ordinal),
            _ when route.Contains('{', StringComparison.Ordinal) => throw new InvalidOperationException($"{route} has no values here for its parameters."),
            _ => route,
        };
    }

    /// <summary>A problem that is open now.</summary>
    private static async Task<System.Text.Json.JsonElement> ProblemAsync(RestClient rest) =>
        (await Eventually.Async(() => rest.GetAsync("/api/v1/problems?current=true"), answer => answer.GetProperty("items").GetArrayLength() > 0)).GetProperty("items")[0];

    /// <summary>A repair that has ended.</summary>
    private async Task<string> RepairAsync(RestClient rest)
    {
        var server = await demo.ServerAsync(rest, Scenario.DriftedButWorking, 1);
        var (status, answer, location) = await rest.PostAsync($"/api/v1/servers/{server.Text("id")}/repairs", new { playbook = "pool-only", baseline = "microsoft" });
        Assert.True(status == HttpStatusCode.Accepted, answer.ToString());
        return (await rest.EndOfRunAsync(location!.ToString())).Text("id");
    }

    /// <summary>A report that was made now.</summary>
    private static async Task<string> ReportAsync(RestClient rest)
    {
        var (status, answer, _) = await rest.PostAsync("/api/v1/reports", new { days = 7 });
        Assert.True(status == HttpStatusCode.Created, answer.ToString());
        return answer.GetProperty("report").Text("id");
    }

    private async Task<IPage> OpenAsync(string route, List<string>? refused = null, ColorScheme scheme = ColorScheme.Light)
    {
        var component = Assembly.Load("WsusDashboard.Dashboard").GetTypes().FirstOrDefault(type => type.GetCustomAttributes<RouteAttribute>().Any(known => known.Template == route));
        var isStatic = component?.GetCustomAttribute<ExcludeFromInteractiveRoutingAttribute>() is not null;
        var page = await chromium.OpenAsync(isStatic ? null : await demo.SignInLinkAsync(), Viewport.Laptop, scheme);
        page.Console += (_, message) =>
        {
            // A page that isn't there answers 404, and the browser says so.
            if (message.Type == "error" && !(route == "/no-such-page" && message.Text.Contains("404", StringComparison.Ordinal)))
            {
                refused?.Add(message.Text);
            }
        };
        await page.GotoAsync(new Uri(demo.Address, await AddressAsync(route)).ToString());
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First.WaitForAsync();
        if (!isStatic)
        {
            await page.CircuitAsync();
        }

        return page;
    }
}
