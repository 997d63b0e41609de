using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Wall;

public sealed class WallSignInTests
{
    private static readonly Grant Looks = new(Role.Viewer, SiteScope.WholeFleet);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Screen_WithATokenOfAViewer_LooksAndDoesNothingElse()
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        var admin = await dashboard.AddPersonAsync("admin", new Grant(Role.Admin, SiteScope.WholeFleet));
        var (token, _) = await dashboard.AddTokenAsync(admin, Looks);
        using var browser = dashboard.Browser();

        using var stranger = await browser.GetAsync(new Uri("/wall", UriKind.Relative), Token);
        Assert.StartsWith("/wall/sign-in", stranger.Headers.Location?.PathAndQuery, StringComparison.Ordinal);
        using var signedIn = await SignInAsync(browser, token);
        Assert.Equal("/wall", signedIn.Headers.Location?.ToString().Replace(browser.BaseAddress!.GetLeftPart(UriPartial.Authority), "", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/wall"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/"));
        foreach (var path in new[] { "/audit", "/people", "/account", "/servers/add", "/jobs" })
        {
            Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(browser, path));
        }
    }

    [Fact]
    public async Task Screen_WhoseTokenIsRevoked_IsSignedOutAtOnce()
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        var admin = await dashboard.AddPersonAsync("admin", new Grant(Role.Admin, SiteScope.WholeFleet));
        var (token, id) = await dashboard.AddTokenAsync(admin, Looks);
        using var browser = dashboard.Browser();
        using var signedIn = await SignInAsync(browser, token);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/wall"));

        await using (var scope = dashboard.Services.CreateOwnScope())
        {
            var context = scope.ServiceProvider.GetRequiredService<SecurityContext>();
            context.ApiTokens.Remove(context.ApiTokens.Single(known => known.Id == id));
            await context.SaveChangesAsync(Token);
        }

        await dashboard.Get<AccessCache>().ReloadAsync(Token);

        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(browser, "/wall"));
        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(browser, "/"));
    }

    [Theory]
    [InlineData(Role.Operator)]
    [InlineData(Role.Admin)]
    public async Task Screen_WithATokenThatMayDoMore_IsRefused(Role role)
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        var admin = await dashboard.AddPersonAsync("admin", new Grant(Role.Admin, SiteScope.WholeFleet));
        var (token, _) = await dashboard.AddTokenAsync(admin, new Grant(role, SiteScope.WholeFleet));
        using var browser = dashboard.Browser();

        using var refused = await SignInAsync(browser, token);
        using var preset = await SignInAsync(browser, TestDashboard.Token);
        using var unknown = await SignInAsync(browser, "no such token");

        Assert.All([refused, preset, unknown], response => Assert.Null(response.Headers.Location));
        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(browser, "/wall"));
    }

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string token)
    {
        var path = new Uri("/wall/sign-in", UriKind.Relative);
        var page = await browser.GetStringAsync(path, Token);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "wall",
            ["__RequestVerificationToken"] = TestPeople.AntiforgeryToken().Match(page).Groups[1].Value,
            ["Input.Token"] = token,
        });
        return await browser.PostAsync(path, form, Token);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser, string path)
    {
        using var response = await browser.GetAsync(new Uri(path, UriKind.Relative), Token);
        return response.StatusCode;
    }
}
