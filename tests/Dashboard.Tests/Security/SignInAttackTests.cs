using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.People;
using WsusDashboard.Dashboard.Features.SignIn;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>Attacks on the sign-in that need no provider: headers of proxies, addresses to return to, links, names, codes.</summary>
public sealed class SignInAttackTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync(options => options.SignIn.AttemptsPerMinute = 1000);

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("", "203.0.113.9", "127.0.0.1")]
    [InlineData("https://dash.corp.example", "203.0.113.9", "203.0.113.9")]
    [InlineData("https://dash.corp.example", "127.0.0.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("https://dash.corp.example", "127.0.0.1,::1,localhost, 203.0.113.9:4711", "203.0.113.9")]
    public async Task ForwardedFor_WhatTheClientWroteBeforeTheProxy_IsNotBelieved(string publicAddress, string header, string expected)
    {
        await RestartAsync(options => options.PublicAddress = publicAddress);
        await _dashboard.AddPersonAsync("anna", new Grant(Role.Viewer, SiteScope.WholeFleet));
        using var browser = _dashboard.Browser();
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", header);
        var link = new Uri(await OwnAccess.MakeSignInLinkAsync(_dashboard.Services, "demo", TimeSpan.FromMinutes(5), Token), UriKind.Relative);

        await browser.SignInAsync("anna", TestPeople.Password);
        using var byLink = _dashboard.Browser();
        byLink.DefaultRequestHeaders.Add("X-Forwarded-For", header);
        using var followed = await byLink.GetAsync(link, Token);

        // The link of the console is for whoever sits at this computer.
        Assert.Equal(expected == "127.0.0.1" ? "/" : "/sign-in?notice=link", followed.Headers.Location?.ToString());
        Assert.Equal(expected, await ReadAsync(context => context.Sessions.Where(session => session.Method == "pwd" || session.Method == "password").Select(session => session.From).SingleAsync(Token)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://dash.corp.example")]
    public async Task ForwardedFor_AnotherOneEachTime_GivesNoMoreAttempts(string publicAddress)
    {
        await RestartAsync(options => (options.PublicAddress, options.SignIn.AttemptsPerMinute) = (publicAddress, 3));
        var last = HttpStatusCode.OK;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var browser = _dashboard.Browser();
            browser.DefaultRequestHeaders.Add("X-Forwarded-For", $"198.51.100.{attempt}, 203.0.113.9");
            last = (await browser.SignInAsync("nobody", "not the password at all")).Response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Theory]
    [InlineData("X-Forwarded-Host", "evil.example")]
    [InlineData("X-Original-Host", "evil.example")]
    [InlineData("Forwarded", "for=127.0.0.1;host=evil.example;proto=https")]
    [InlineData("X-Forwarded-Prefix", "/evil")]
    public async Task ForwardedHost_OfTheClient_ChangesNoAddress(string header, string value)
    {
        await RestartAsync(options => options.PublicAddress = "https://dash.corp.example");
        using var browser = _dashboard.Browser();
        browser.DefaultRequestHeaders.Add(header, value);

        using var led = await browser.GetAsync(new Uri("/syncs", UriKind.Relative), Token);

        Assert.DoesNotContain("evil", led.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal("/sign-in?returnUrl=%2Fsyncs", led.Headers.Location.PathAndQuery);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("\\\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("/\n/evil.example/")]
    [InlineData("/ä")]
    [InlineData("/x\r\nSet-Cookie: wsus-session=1")]
    [InlineData(" //evil.example")]
    [InlineData("https:evil.example")]
    [InlineData("data:text/html,x")]
    [InlineData("@evil.example")]
    public void ReturnAddress_ThatIsNoPathHere_LeadsHome(string address) => Assert.Equal("/", LocalAddress.OrHome(address));

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("/%2F%2Fevil.example")]
    [InlineData("/.//evil.example")]
    [InlineData("/ä")]
    [InlineData("/x\r\nSet-Cookie: wsus-session=1")]
    public async Task SignIn_ReturnAddressOfAnyKind_StaysHereAndIsNoMistake(string address)
    {
        await _dashboard.AddPersonAsync("anna", new Grant(Role.Viewer, SiteScope.WholeFleet));
        using var browser = _dashboard.Browser();

        var (response, _) = await browser.SignInAsync("anna", TestPeople.Password, address);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(_dashboard.Http.BaseAddress!.Authority, new Uri(_dashboard.Http.BaseAddress, response.Headers.Location!).Authority);
        Assert.DoesNotContain(response.Headers, header => header.Key == "Set-Cookie" && header.Value.Any(cookie => cookie == "wsus-session=1"));
    }

    [Fact]
    public async Task Invitation_UsedTwiceOrByTwoAtOnce_SetsOnePassword()
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var people = scope.ServiceProvider.GetRequiredService<PeopleService>();
        var link = (await people.InviteAsync("berta", [new(Role.Viewer, SiteScope.WholeFleet)], Token)).Value!;
        string[] passwords = [.. Enumerable.Range(1, 6).Select(number => $"a password that is long {number}")];

        var answers = await Task.WhenAll(passwords.Select(password => ChooseAsync(link, password)));
        var late = await ChooseAsync(link, "a password of somebody who is late");

        Assert.Equal(1, answers.Count(answer => answer == HttpStatusCode.Found));
        Assert.NotEqual(HttpStatusCode.Found, late);
        var winner = passwords[Array.IndexOf(answers, HttpStatusCode.Found)];

        // The one that counts first: five wrong ones lock the account.
        foreach (var password in passwords.OrderByDescending(password => password == winner))
        {
            using var browser = _dashboard.Browser();
            Assert.Equal(password == winner ? HttpStatusCode.Found : HttpStatusCode.OK, (await browser.SignInAsync("berta", password)).Response.StatusCode);
        }
    }

    [Fact]
    public async Task Invitation_ReplacedOrOfADisabledAccount_OpensNothing()
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var people = scope.ServiceProvider.GetRequiredService<PeopleService>();
        var first = (await people.InviteAsync("berta", [new(Role.Viewer, SiteScope.WholeFleet)], Token)).Value!;
        var id = await ReadAsync(context => context.Users.Where(person => person.UserName == "berta").Select(person => person.Id).SingleAsync(Token));
        var second = (await people.InviteAgainAsync(id, Token)).Value!;

        Assert.NotEqual(HttpStatusCode.Found, await ChooseAsync(first, TestPeople.Password));
        Assert.True((await people.SetDisabledAsync(id, isDisabled: true, Token)).IsSuccess);
        Assert.NotEqual(HttpStatusCode.Found, await ChooseAsync(second, TestPeople.Password));
        Assert.Null(await ReadAsync(context => context.Users.Where(person => person.Id == id).Select(person => person.PasswordHash).SingleAsync(Token)));
    }

    [Fact]
    public async Task Code_OfTheAuthenticatorUsedTwice_OpensOnce()
    {
        await _dashboard.AddPersonAsync("anna", new Grant(Role.Viewer, SiteScope.WholeFleet));
        string key;
        await using (var scope = _dashboard.Services.CreateOwnScope())
        {
            var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
            var person = (await people.FindByNameAsync("anna"))!;
            await people.ResetAuthenticatorKeyAsync(person);
            await people.SetTwoFactorEnabledAsync(person, true);
            key = (await people.GetAuthenticatorKeyAsync(person))!;
        }

        var code = CodeOf(key);
        using var anna = _dashboard.Browser();
        using var thief = _dashboard.Browser();

        Assert.Equal(HttpStatusCode.Found, await EnterAsync(anna, code));
        Assert.NotEqual(HttpStatusCode.Found, await EnterAsync(thief, code));
        Assert.Equal(1, await ReadAsync(context => context.Sessions.CountAsync(Token)));
    }

    [Theory]
    [InlineData("erik\ninfo: admin asked for person.roles on  (erik): done", "erik info: admin")]
    [InlineData("erik\u202Enimda", "erik\uFFFDnimda")]
    [InlineData("ad\u200Bmin", "ad\uFFFDmin")]
    [InlineData("ad\u3164min", "ad\uFFFDmin")]
    [InlineData("\u001b[2Jadmin", "\uFFFD[2Jadmin")]
    [InlineData("half \ud83d", "half \uFFFD")]
    public async Task Name_AsItWasTyped_LooksLikeNoOtherEntry(string typed, string kept)
    {
        await _dashboard.Get<AuditLog>().WriteAsync(typed, CallerIdentity.Nobody, new() { What = "person.sign-in", Detail = typed, Outcome = $"refused: {typed}" });

        var entry = await ReadAsync(context => context.AuditEntries.AsNoTracking().SingleAsync(Token));

        Assert.StartsWith(kept, entry.Who, StringComparison.Ordinal);
        Assert.Equal((entry.Who, $"refused: {entry.Who}"), (entry.Detail, entry.Outcome));
        Assert.DoesNotContain(entry.Who, char.IsControl);
        Assert.True((await _dashboard.Get<AuditVerification>().VerifyAsync(Token)).IsIntact);
    }

    [Theory]
    [InlineData("anna\u200B")]
    [InlineData("\u202Aanna\u202C")]
    [InlineData("an\u00ADna")]
    [InlineData("\uFF41\uFF4E\uFF4E\uFF41")]
    [InlineData("anna\r\nX-Role: Admin")]
    [InlineData("\u2800anna\u3164")]
    [InlineData("anna\u00A0")]
    public async Task NameOfAnotherSystem_ThatLooksLikeSomebodyElses_IsToldApart(string name)
    {
        await RestartAsync(options => options.SignIn.GroupRoles = "S-1-1-0=Viewer");
        await using var scope = _dashboard.Services.CreateOwnScope();
        var accounts = scope.ServiceProvider.GetRequiredService<ExternalAccounts>();

        var (anna, _) = await accounts.TakeAsync(new("windows", "S-1-5-21-1", "Windows", "anna", ["S-1-1-0"]), "10.0.0.1", Token);
        var (other, _) = await accounts.TakeAsync(new("windows", "S-1-5-21-2", "Windows", name, ["S-1-1-0"]), "10.0.0.2", Token);

        Assert.Equal("anna (Windows)", anna!.DisplayName);
        Assert.NotEqual(anna.Id, other!.Id);
        Assert.Equal(name.Contains("Role", StringComparison.Ordinal) ? "annaX-Role: Admin (Windows)" : "anna (Windows) 2", other.DisplayName);
    }

    private static string CodeOf(string key)
    {
        // RFC 6238 with the usual half minute and six digits; the key is Base32.
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(key.Select(character => Convert.ToString(Alphabet.IndexOf(character, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        byte[] bytes = [.. Enumerable.Range(0, bits.Length / 8).Select(index => Convert.ToByte(bits.Substring(index * 8, 8), 2))];
        var counter = BitConverter.GetBytes(IPAddress.HostToNetworkOrder(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30));
#pragma warning disable CA5350 // The algorithm of RFC 6238.
        var hash = HMACSHA1.HashData(bytes, counter);
#pragma warning restore CA5350
        var offset = hash[^1] & 0x0F;
        var number = (((hash[offset] & 0x7F) << 24) | (hash[offset + 1] << 16) | (hash[offset + 2] << 8) | hash[offset + 3]) % 1_000_000;
        return number.ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<HttpStatusCode> EnterAsync(HttpClient browser, string code)
    {
        var (asked, _) = await browser.SignInAsync("anna", TestPeople.Password);
        Assert.Contains("/sign-in/code", asked.Headers.Location?.ToString(), StringComparison.Ordinal);
        var page = await browser.GetStringAsync(new Uri("/sign-in/code", UriKind.Relative), Token);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "code",
            ["__RequestVerificationToken"] = TestPeople.AntiforgeryToken().Match(page).Groups[1].Value,
            ["Input.Code"] = code,
        });
        using var response = await browser.PostAsync(new Uri("/sign-in/code", UriKind.Relative), form, Token);
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> ChooseAsync(string link, string password)
    {
        using var browser = _dashboard.Browser();
        var page = await browser.GetStringAsync(new Uri(link, UriKind.Relative), Token);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "choose",
            ["__RequestVerificationToken"] = TestPeople.AntiforgeryToken().Match(page).Groups[1].Value,
            ["Input.Link"] = Uri.UnescapeDataString(link.Split("code=")[1]),
            ["Input.Password"] = password,
            ["Input.Repeat"] = password,
        });
        using var response = await browser.PostAsync(new Uri(link, UriKind.Relative), form, Token);
        return response.StatusCode;
    }

    private async Task StartAsync(Action<DashboardOptions> configure) => _dashboard = await TestDashboard.StartAsync(_folder, configure);

    private async Task RestartAsync(Action<DashboardOptions> configure)
    {
        await _dashboard.DisposeAsync();
        await StartAsync(configure);
    }

    private async Task<T> ReadAsync<T>(Func<SecurityContext, Task<T>> read)
    {
        await using var context = await _dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token);
        return await read(context);
    }
}
