using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>What somebody tries who has seen an answer of a passkey, or has a passkey that is not for this.</summary>
public sealed class PasskeyAttackTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly SoftwarePasskey _passkey = new();
    private TestDashboard _dashboard = null!;
    private HttpClient _anna = null!;
    private string _id = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Origin => _dashboard.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder, options => options.SignIn.AttemptsPerMinute = 1000);
        _id = await _dashboard.AddPersonAsync("anna", new Grant(Role.Operator, SiteScope.WholeFleet));
        _anna = Browser();
        await _anna.SignInAsync("anna", TestPeople.Password);
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(_anna, "/api/v1/account/passkeys", _passkey.Create(await AskAsync(_anna, "/api/v1/account/passkeys/options"), Origin)));
    }

    public async ValueTask DisposeAsync()
    {
        _anna.Dispose();
        _passkey.Dispose();
        await _dashboard.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task SignIn_AnswerOfThePasskey_OpensOnceAndNeverAgainEvenWithItsCookie()
    {
        var cookies = new CookieContainer();
        using var browser = Browser(cookies);
        var answer = _passkey.Answer(await AskAsync(browser, "/api/v1/sign-in/passkey/options"), Origin);

        // All that the browser sends along, as somebody has it who listened.
        var stolen = new CookieContainer();
        stolen.Add(cookies.GetAllCookies());
        using var thief = Browser(stolen);

        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(browser, "/api/v1/sign-in/passkey", answer));
        Assert.Equal(HttpStatusCode.OK, await OpenAsync(browser));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(thief, "/api/v1/sign-in/passkey", answer));
        Assert.Equal(HttpStatusCode.Found, await OpenAsync(thief));
    }

    [Fact]
    public async Task SignIn_AnswerAfterTheDashboardsRestart_IsAskedForAgain()
    {
        var cookies = new CookieContainer();
        using var browser = Browser(cookies);
        var answer = _passkey.Answer(await AskAsync(browser, "/api/v1/sign-in/passkey/options"), Origin);
        var port = _dashboard.Http.BaseAddress!.Port;
        await _dashboard.DisposeAsync();
        _dashboard = await TestDashboard.StartAsync(_folder, options => options.Port = port);

        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(browser, "/api/v1/sign-in/passkey", answer));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(browser, "/api/v1/sign-in/passkey", _passkey.Answer(await AskAsync(browser, "/api/v1/sign-in/passkey/options"), Origin)));
    }

    [Theory]
    [InlineData("of another question")]
    [InlineData("for another site")]
    [InlineData("of another kind")]
    [InlineData("of the confirmation")]
    public async Task SignIn_AnswerThatDoesNotFit_IsRefused(string attack)
    {
        using var browser = Browser();
        var first = await AskAsync(browser, "/api/v1/sign-in/passkey/options");
        var second = await AskAsync(browser, "/api/v1/sign-in/passkey/options");
        var answer = attack switch
        {
            "of another question" => _passkey.Answer(first, Origin),
            "for another site" => _passkey.Answer(second, "https://evil.example"),
            "of another kind" => _passkey.Answer(second, Origin, "webauthn.create"),
            _ => _passkey.Answer(await AskAsync(_anna, "/api/v1/account/confirmation/options"), Origin),
        };

        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(browser, "/api/v1/sign-in/passkey", answer));
        Assert.Equal(HttpStatusCode.Found, await OpenAsync(browser));
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("external")]
    [InlineData("locked")]
    public async Task SignIn_AccountThatMayNotSignInWithIt_IsRefused(string state)
    {
        await using (var context = await _dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token))
        {
            await (state switch
            {
                "disabled" => context.Users.ExecuteUpdateAsync(update => update.SetProperty(person => person.IsDisabled, true), Token),
                "external" => context.Users.ExecuteUpdateAsync(update => update.SetProperty(person => person.IsExternal, true), Token),
                _ => context.Users.ExecuteUpdateAsync(update => update.SetProperty(person => person.LockoutEnd, TimeProvider.System.GetUtcNow().AddMinutes(10)), Token),
            });
        }

        using var browser = Browser();
        var answer = _passkey.Answer(await AskAsync(browser, "/api/v1/sign-in/passkey/options"), Origin);

        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(browser, "/api/v1/sign-in/passkey", answer));
        await using var sessions = await _dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token);
        Assert.Equal(1, await sessions.Sessions.CountAsync(session => session.PersonId == _id, Token));
    }

    [Fact]
    public async Task Confirm_AnswerOfAnotherPersonOrUsedTwice_ConfirmsNothing()
    {
        await _dashboard.AddPersonAsync("berta", new Grant(Role.Operator, SiteScope.WholeFleet));
        using var berta = Browser();
        await berta.SignInAsync("berta", TestPeople.Password);
        var own = await SessionAsync("anna");

        // Berta's question, answered by Anna's key; then Anna's own, twice.
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(berta, "/api/v1/account/confirmation", _passkey.Answer(await AskAsync(berta, "/api/v1/account/confirmation/options"), Origin)));
        Assert.False(_dashboard.Get<Confirmations>().IsConfirmed(await SessionAsync("berta")));
        var answer = _passkey.Answer(await AskAsync(_anna, "/api/v1/account/confirmation/options"), Origin);
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(berta, "/api/v1/account/confirmation", answer));
        Assert.False(_dashboard.Get<Confirmations>().IsConfirmed(own));

        answer = _passkey.Answer(await AskAsync(_anna, "/api/v1/account/confirmation/options"), Origin);
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(_anna, "/api/v1/account/confirmation", answer));
        Assert.True(_dashboard.Get<Confirmations>().IsConfirmed(own));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(_anna, "/api/v1/account/confirmation", answer));
    }

    private HttpClient Browser(CookieContainer? cookies = null)
    {
        var browser = _dashboard.Browser(cookies);
        browser.DefaultRequestHeaders.Add("Origin", Origin);
        return browser;
    }

    private static async Task<string> AskAsync(HttpClient browser, string path)
    {
        using var response = await browser.PostAsync(new Uri(path, UriKind.Relative), null, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient browser, string path, string credential)
    {
        using var response = await browser.PostAsJsonAsync(new Uri(path, UriKind.Relative), new { credential, name = "phone" }, Token);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> OpenAsync(HttpClient browser)
    {
        using var response = await browser.GetAsync(new Uri("/account", UriKind.Relative), Token);
        return response.StatusCode;
    }

    private async Task<string> SessionAsync(string name)
    {
        await using var context = await _dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token);
        return await context.Sessions.Where(session => context.Users.Any(person => person.Id == session.PersonId && person.UserName == name)).Select(session => session.Id).SingleAsync(Token);
    }
}
