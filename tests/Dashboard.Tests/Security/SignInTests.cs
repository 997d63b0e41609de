using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.SignIn;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Security;

public sealed class SignInTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private TestDashboard _dashboard = null!;

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder, options => options.SignIn.AttemptsPerMinute = 1000);
        await _dashboard.AddPersonAsync("anna", new Grant(Role.Viewer, SiteScope.WholeFleet));
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task SignIn_RightPassword_OpensThePageThatWasAskedForUntilSignOut()
    {
        using var browser = _dashboard.Browser();
        using var before = await GetAsync(browser, "/syncs");
        Assert.Equal("/sign-in?returnUrl=%2Fsyncs", before.Headers.Location?.PathAndQuery);

        var (signedIn, _) = await browser.SignInAsync("anna", TestPeople.Password, "/syncs");
        using var account = await GetAsync(browser, "/account");
        var token = TestPeople.AntiforgeryToken().Match(await account.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token });
        using var signedOut = await browser.PostAsync(new Uri("/sign-out", UriKind.Relative), form, TestContext.Current.CancellationToken);
        using var after = await GetAsync(browser, "/syncs");

        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        Assert.EndsWith("/syncs", signedIn.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, account.StatusCode);
        Assert.Equal("/sign-in", signedOut.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.Found, after.StatusCode);
    }

    [Fact]
    public async Task SignIn_UnknownNameWrongPasswordOrLocked_AnswersTheSame()
    {
        using var browser = _dashboard.Browser();
        var (_, wrong) = await browser.SignInAsync("anna", "not the password at all");
        var (_, unknown) = await browser.SignInAsync("berta", "not the password at all");
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await browser.SignInAsync("anna", "not the password at all");
        }

        var (response, locked) = await browser.SignInAsync("anna", TestPeople.Password);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("role=\"alert\"", wrong, StringComparison.Ordinal);
        Assert.Equal(Bare(wrong), Bare(unknown).Replace("berta", "anna", StringComparison.Ordinal));
        Assert.Equal(Bare(wrong), Bare(locked));
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task SignIn_ReturnAddressOfAnotherSite_LeadsHome(string returnUrl)
    {
        using var browser = _dashboard.Browser();

        var (response, _) = await browser.SignInAsync("anna", TestPeople.Password, returnUrl);

        Assert.Equal(new Uri(_dashboard.Http.BaseAddress!, "/"), new Uri(_dashboard.Http.BaseAddress!, response.Headers.Location!));
    }

    [Fact]
    public async Task SignInAndOut_WithoutTheTokenOfTheForm_AreRefused()
    {
        using var browser = _dashboard.Browser();
        await browser.SignInAsync("anna", TestPeople.Password);
        using var signIn = new FormUrlEncodedContent(new Dictionary<string, string> { ["_handler"] = "sign-in", ["Input.Name"] = "anna", ["Input.Password"] = TestPeople.Password });
        using var signOut = new FormUrlEncodedContent([]);

        using var signedIn = await browser.PostAsync(new Uri("/sign-in", UriKind.Relative), signIn, TestContext.Current.CancellationToken);
        using var signedOut = await browser.PostAsync(new Uri("/sign-out", UriKind.Relative), signOut, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, signedIn.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, signedOut.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(browser, "/account")).StatusCode);
    }

    [Fact]
    public async Task SignIn_TooOften_SaysWhenToTryAgain()
    {
        using var folder = new TempFolder();
        await using var strict = await TestDashboard.StartAsync(folder, options => options.SignIn.AttemptsPerMinute = 2);
        using var browser = strict.Browser();
        await browser.SignInAsync("nobody", "not the password at all");
        await browser.SignInAsync("nobody", "not the password at all");

        var (response, _) = await browser.SignInAsync("nobody", "not the password at all");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }

    [Fact]
    public async Task Database_StolenWithoutItsKeyFile_OpensNothing()
    {
        var cookies = new CookieContainer();
        using (var browser = _dashboard.Browser(cookies))
        {
            await browser.SignInAsync("anna", TestPeople.Password);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(browser, "/account")).StatusCode);
        }

        using var stolen = new TempFolder();
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "dashboard.db")};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO $path";
            command.Parameters.AddWithValue("$path", Path.Combine(stolen.Path, "dashboard.db"));
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var bytes = await File.ReadAllTextAsync(Path.Combine(stolen.Path, "dashboard.db"), System.Text.Encoding.Latin1, TestContext.Current.CancellationToken);
        Assert.Contains("encryptedByKeyFile", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", bytes, StringComparison.Ordinal);
        await using var thief = await TestDashboard.StartAsync(stolen);
        foreach (Cookie cookie in cookies.GetAllCookies())
        {
            cookie.Domain = "127.0.0.1";
        }

        using var thiefsBrowser = thief.Browser(cookies);
        Assert.Equal(HttpStatusCode.Found, (await GetAsync(thiefsBrowser, "/account")).StatusCode);
    }

    [Fact]
    public async Task FirstAdminLink_WorksOnceAndOnlyWhileThereIsNoAdmin()
    {
        var link = await OwnAccess.MakeFirstAdminLinkAsync(_dashboard.Services, TestContext.Current.CancellationToken);
        using var browser = _dashboard.Browser();
        var made = await ChooseAsync(browser, link!, "root");
        var again = await ChooseAsync(_dashboard.Browser(), link!, "second");

        Assert.Equal(HttpStatusCode.Found, made.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(browser, "/people")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Null(await OwnAccess.MakeFirstAdminLinkAsync(_dashboard.Services, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task SignInLink_UsedTwice_OpensOnce()
    {
        var link = new Uri(await OwnAccess.MakeSignInLinkAsync(_dashboard.Services, "demo", TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken), UriKind.Relative);
        using var first = _dashboard.Browser();
        using var second = _dashboard.Browser();

        await first.GetAsync(link, TestContext.Current.CancellationToken);
        await second.GetAsync(link, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(first, "/")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await GetAsync(second, "/")).StatusCode);
    }

    [Theory]
    [InlineData("/api/v1/sign-in/passkey")]
    public async Task Passkey_ThatIsNone_IsRefusedAndNoMistakeOfTheDashboard(string path)
    {
        using var browser = _dashboard.Browser();

        using var response = await browser.PostAsJsonAsync(new Uri(path, UriKind.Relative), new { credential = "{}" }, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task SecondFactor_IsAskedForAndItsSecretIsNotReadableInTheDatabase()
    {
        await using (var scope = _dashboard.Services.CreateOwnScope())
        {
            var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
            var person = (await people.FindByNameAsync("anna"))!;
            await people.ResetAuthenticatorKeyAsync(person);
            await people.SetTwoFactorEnabledAsync(person, true);
            var key = await people.GetAuthenticatorKeyAsync(person);
            var kept = scope.ServiceProvider.GetRequiredService<SecurityContext>().UserTokens.Select(token => token.Value).ToList();
            Assert.NotEmpty(kept);
            Assert.DoesNotContain(key, kept);
        }

        using var browser = _dashboard.Browser();
        var (response, _) = await browser.SignInAsync("anna", TestPeople.Password);

        Assert.Contains("/sign-in/code", response.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await GetAsync(browser, "/account")).StatusCode);
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient browser, string path) => browser.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>The page without what differs in every answer: tokens, nonces and the name that was typed.</summary>
    private static string Bare(string page) => System.Text.RegularExpressions.Regex.Replace(page, "(value|nonce)=\"[^\"]*\"|<!--Blazor[^>]*-->", "");

    private static async Task<HttpResponseMessage> ChooseAsync(HttpClient browser, string link, string name)
    {
        var page = await browser.GetStringAsync(new Uri(link, UriKind.Relative), TestContext.Current.CancellationToken);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "choose",
            ["__RequestVerificationToken"] = TestPeople.AntiforgeryToken().Match(page).Groups[1].Value,
            ["Input.Link"] = Uri.UnescapeDataString(link.Split("code=")[1]),
            ["Input.Name"] = name,
            ["Input.Password"] = TestPeople.Password,
            ["Input.Repeat"] = TestPeople.Password,
        });
        var response = await browser.PostAsync(new Uri(link, UriKind.Relative), form, TestContext.Current.CancellationToken);
        return response.StatusCode == HttpStatusCode.BadRequest ? new(HttpStatusCode.OK) : response;
    }
}
