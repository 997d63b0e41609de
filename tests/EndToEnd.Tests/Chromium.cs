using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>One headless Chromium for all browser tests; the operating system's own, because nothing is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places =
        ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", @"C:\Program Files\Google\Chrome\Application\chrome.exe", @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe"];

    // After this long a wait has failed. Far above what a machine needs that is busy with other tests, so that only what never comes fails.
    private const float LimitMilliseconds = 120_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IBrowserContext? _context;

    /// <summary>Opens a page of its own context, so that tests do not share storage, and closes the one before: an open page goes on working.</summary>
    /// <remarks>Skips the test where there is no Chromium; with CI=true that is a failure, because CI installs it.</remarks>
    /// <param name="signInLink">Signs in first; null = nobody is signed in.</param>
    /// <param name="viewport">The size of the window; null = a laptop.</param>
    /// <param name="scheme">Light or dark.</param>
    /// <param name="trustsAll">True for a certificate that nobody has signed.</param>
    public async Task<IPage> OpenAsync(Uri? signInLink, Viewport? viewport = null, ColorScheme scheme = ColorScheme.Light, bool trustsAll = false)
    {
        if (_browser is null)
        {
            const string reason = "No Chromium on this machine (Debian: apt-get install chromium).";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", reason);
            Assert.Fail(reason);
        }

        await (_context?.DisposeAsync() ?? ValueTask.CompletedTask);
        _context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new ViewportSize { Width = (viewport ?? Viewport.Laptop).Width, Height = (viewport ?? Viewport.Laptop).Height },
            ColorScheme = scheme,
            TimezoneId = "Europe/Zurich",
            Locale = "en-GB",
            ReducedMotion = ReducedMotion.Reduce,
            IgnoreHTTPSErrors = trustsAll,
        });
        _context.SetDefaultTimeout(LimitMilliseconds);
        if (signInLink is not null)
        {
            // Beside the page: what a test listens to on its page begins with its own first request.
            await _context.APIRequest.GetAsync(signInLink.ToString(), new() { MaxRedirects = 0 });
        }

        return await _context.NewPageAsync();
    }

    public async ValueTask InitializeAsync()
    {
        var executable = Places.FirstOrDefault(File.Exists);
        if (executable is null)
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout(LimitMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}

/// <summary>The size of a window in CSS pixels.</summary>
public sealed record Viewport(int Width, int Height)
{
    /// <summary>A common laptop.</summary>
    public static Viewport Laptop { get; } = new(1366, 768);

    /// <summary>A phone.</summary>
    public static Viewport Phone { get; } = new(390, 844);
}

/// <summary>What tests ask of a page.</summary>
internal static class PageExtensions
{
    /// <summary>Waits until the page answers to clicks: before, it is the prerendered picture of itself.</summary>
    public static Task CircuitAsync(this IPage page) =>
        page.Locator("html[data-circuit='up']").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>What axe finds in the page as it is. In the one page itself: the other way opens a page of its own for every look, which takes longer than the look.</summary>
    public static async Task<IReadOnlyList<AxeResultItem>> FindViolationsAsync(this IPage page)
    {
#pragma warning disable CS0618 // It is to go because it does not see frames of other origins; there are no frames here.
        return (await page.RunAxeLegacy()).Violations;
#pragma warning restore CS0618
    }

    /// <summary>Changes the system's scheme under an open page, and waits until the page has followed and what fades has faded: what is measured meanwhile is neither.</summary>
    public static async Task SetSchemeAsync(this IPage page, ColorScheme scheme)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        await page.WaitForFunctionAsync("theme => (document.documentElement.dataset.theme ?? theme) === theme", scheme == ColorScheme.Dark ? "dark" : "light");
        await page.SettleAsync();
    }

    /// <summary>Opens the list of a choice and takes one of it.</summary>
    /// <param name="page">Where it stands.</param>
    /// <param name="label">Its name.</param>
    /// <param name="index">Which one, from 0.</param>
    public static async Task ChooseAsync(this IPage page, string label, int index)
    {
        await page.GetByRole(AriaRole.Combobox, new() { Name = label, Exact = true }).ClickAsync();
        await page.Locator(".mud-popover-open .mud-list-item").Nth(index).ClickAsync();
    }

    /// <summary>The same by the word that stands in the list.</summary>
    public static async Task ChooseAsync(this IPage page, string label, string word)
    {
        await page.GetByRole(AriaRole.Combobox, new() { Name = label, Exact = true }).ClickAsync();
        await page.Locator(".mud-popover-open .mud-list-item", new() { HasText = word }).First.ClickAsync();
    }

    /// <summary>Waits for the next two frames, and for what moves or fades to end.</summary>
    public static Task SettleAsync(this IPage page) => page.EvaluateAsync(
        """
        async () => {
            const frame = () => new Promise(done => requestAnimationFrame(done));
            await frame();
            await frame();
            await Promise.all(document.getAnimations().filter(animation => animation.effect.getComputedTiming().iterations !== Infinity).map(animation => animation.finished.catch(() => { })));
        }
        """);

    /// <summary>How many pixels the page is too wide for its window; 0 or less = it fits (less where room is kept for a scroll bar).</summary>
    /// <remarks>A window that has just changed its size is told to the server, which folds the menu and shortens tables; the page may take a moment to fit.</remarks>
    public static async Task<int> OverflowAsync(this IPage page)
    {
        try
        {
            await page.WaitForFunctionAsync("() => document.documentElement.scrollWidth <= window.innerWidth", null, new() { Timeout = 20_000 });
        }
        catch (TimeoutException)
        {
            // It does not fit; by how much is the answer.
        }

        return await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth");
    }
}
