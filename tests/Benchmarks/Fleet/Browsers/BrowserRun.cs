using System.Diagnostics;
using Microsoft.Playwright;
using WsusDashboard.Benchmarks.Fleet.Hubs;

namespace WsusDashboard.Benchmarks.Fleet.Browsers;

/// <summary>One thing that a person sees, and how long it took.</summary>
internal sealed record BrowserMeasure(string Name, double Milliseconds)
{
    public static BrowserMeasure Median(IReadOnlyList<BrowserMeasure> all) => new(all[0].Name, all.Select(one => one.Milliseconds).ToList().Median());
}

/// <summary>The fleet page in the system's Chromium: from the request to the first rows, from a click to the rows that it asks for, from a change on a server to the pixel.</summary>
internal static class BrowserRun
{
    /// <summary>The page before where there is no next one; neither is there where all servers are on one page.</summary>
    private const string NextPage = ".pager a[rel='next'], .pager:not(:has(a[rel='next'])) a[rel='prev']";

    private const int Turns = 5;

    private static readonly string[] Places = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    /// <summary>Notes the age of every changed number after the frame that shows it.</summary>
    private const string WatchCells = """
        ([started, first]) => {
            window.pixelAges = [];
            new MutationObserver(changes => {
                for (const change of changes) {
                    const text = change.target.textContent;
                    if (change.type !== 'characterData' || !/^\d,\d{3},\d{3}$/.test(text)) continue;
                    const made = started + Number(text.replaceAll(',', '')) - first;
                    requestAnimationFrame(() => requestAnimationFrame(() => window.pixelAges.push(Date.now() - made)));
                }
            }).observe(document.body, { subtree: true, characterData: true });
        }
        """;

    /// <summary>Milliseconds from a click to the frame after the rows or their order became others.</summary>
    private const string ClickAndWait = """
        (link) => new Promise((resolve, reject) => {
            const state = () => [...document.querySelectorAll('th')].map(head => head.ariaSort).join() + [...document.querySelectorAll('tbody tr')].map(row => row.querySelector('a')?.textContent).join();
            const before = state();
            const clicked = performance.now();
            const limit = setTimeout(() => reject(new Error('the rows stayed the same')), 30000);
            const watch = new MutationObserver(() => {
                if (state() === before) return;
                watch.disconnect();
                clearTimeout(limit);
                requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - clicked)));
            });
            watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
            link.click();
        })
        """;

    public static async Task<IReadOnlyList<BrowserMeasure>> MeasureAsync(HubProcess hub, ChangeMarker marker, TimeSpan window, CancellationToken cancellationToken)
    {
        var executable = Places.FirstOrDefault(File.Exists) ?? throw new BenchmarkFailure("There is no Chromium (Debian: apt-get install chromium).");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = executable, Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] });
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1366, Height = 768 }, Locale = "en-GB" });
        foreach (System.Net.Cookie cookie in hub.Cookies.GetAllCookies())
        {
            await context.AddCookiesAsync([new() { Name = cookie.Name, Value = cookie.Value, Url = hub.Address.ToString() }]);
        }

        var page = await context.NewPageAsync();
        var address = new Uri(hub.Address, FleetRun.Unfolded).ToString();
        var (rows, live) = (new List<double>(), new List<double>());
        for (var turn = 0; turn <= Turns; turn++)
        {
            var clock = Stopwatch.StartNew();
            await page.GotoAsync(address, new() { WaitUntil = WaitUntilState.Commit });
            await page.Locator("tbody tr").First.WaitForAsync();
            var first = clock.Elapsed.TotalMilliseconds;
            await page.WaitForFunctionAsync("() => document.querySelector('[data-circuit]') || window.Blazor");

            // The first turn fills the browser's cache, and is what nobody sees twice.
            if (turn > 0)
            {
                rows.Add(first);
            }
        }

        await page.WaitForTimeoutAsync(2_000);
        List<BrowserMeasure> measures =
        [
            new("first rows", rows.Median()),
            new("sort", await ClickAsync(page, "thead a", cancellationToken)),
        ];
        if (await page.Locator(NextPage).CountAsync() > 0)
        {
            measures.Add(new("next page", await ClickAsync(page, NextPage, cancellationToken)));
        }

        measures.Add(new("filter", await ClickAsync(page, ".tile:not(.none)", cancellationToken)));
        await page.GotoAsync(address);
        await page.Locator("tbody tr").First.WaitForAsync();
        await page.WaitForTimeoutAsync(2_000);
        await page.EvaluateAsync(WatchCells, new object[] { marker.StartedAtUnixMilliseconds, ChangeMarker.First });
        await Task.Delay(window, cancellationToken);
        var ages = await page.EvaluateAsync<double[]>("() => window.pixelAges");
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95), ("p99", 0.99) })
        {
            measures.Add(new($"change → pixel, {name}", ages.Length == 0 ? double.NaN : ages.Order().ElementAt((int)((ages.Length - 1) * share))));
        }

        return measures;
    }

    private static async Task<double> ClickAsync(IPage page, string selector, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var turn = 0; turn < Turns; turn++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var links = page.Locator(selector);
            times.Add(await links.Nth(turn % await links.CountAsync()).EvaluateAsync<double>(ClickAndWait));
            await page.WaitForTimeoutAsync(500);
        }

        return times.Median();
    }
}
