using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>The pages of people and of the sign-in: readable by everyone, usable on a phone, under the same policy as all others.</summary>
[Collection(DemoCollection.Name)]
public sealed class SignInPageTests(DemoFixture demo, Chromium chromium)
{
    [Theory]
    [InlineData("/sign-in", false, ColorScheme.Light)]
    [InlineData("/account", true, ColorScheme.Light)]
    [InlineData("/people", true, ColorScheme.Dark)]
    [InlineData("/audit", true, ColorScheme.Light)]
    public async Task Page_IsAccessibleFitsAPhoneAndBreaksNoPolicy(string path, bool isSignedIn, ColorScheme scheme)
    {
        var page = await chromium.OpenAsync(isSignedIn ? await demo.SignInLinkAsync() : null, Viewport.Laptop, scheme);
        var refused = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            {
                refused.Add(message.Text);
            }
        };
        await page.GotoAsync(new Uri(demo.Address, path).ToString());
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First.WaitForAsync();
        if (isSignedIn)
        {
            await page.CircuitAsync();
        }

        var result = await page.RunAxe();
        await KeepAsync(page, path, "laptop");
        await page.SetViewportSizeAsync(Viewport.Phone.Width, Viewport.Phone.Height);
        var overflow = await page.OverflowAsync();
        await KeepAsync(page, path, "phone");

        Assert.Empty(result.Violations.Select(violation => $"{violation.Id}: {violation.Help}; {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}"));
        Assert.True(overflow <= 0, $"{path} is {overflow} pixels too wide for a phone.");
        Assert.Empty(refused);
    }

    /// <summary>Pictures for a person, where WSUS_PICTURES names a folder.</summary>
    private static async Task KeepAsync(IPage page, string path, string size)
    {
        if (Environment.GetEnvironmentVariable("WSUS_PICTURES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{path.Trim('/')}-{size}.png") });
        }
    }
}
