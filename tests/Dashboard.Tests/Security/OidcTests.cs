using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.People;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Tests.Support;
using Conflict = WsusDashboard.Dashboard.Kernel.Conflict;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>Sign-in by OpenID Connect against a real provider on loopback, and what somebody tries who is none.</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private FakeProvider _provider = null!;
    private TestDashboard _dashboard = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _dashboard = await TestDashboard.StartAsync(_folder, _provider.Configure);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _provider.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task SignIn_MemberOfAMappedGroup_OpensThePageThatWasAskedForWithTheGroupsRole()
    {
        using var browser = _dashboard.Browser();

        var end = await SignInAsync(browser, "/people");

        Assert.Equal("/people", end);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(browser, "/people")).StatusCode);
        var person = await PersonAsync();
        Assert.True(person.IsExternal);
        Assert.Equal("anna (Contoso)", person.DisplayName);
        Assert.Null(person.PasswordHash);
    }

    [Fact]
    public async Task SignIn_Again_IsTheSamePersonByIssuerAndSubjectWhateverTheName()
    {
        await _dashboard.AddPersonAsync("anna", new Grant(Role.Admin, SiteScope.WholeFleet));
        using var first = _dashboard.Browser();
        using var second = _dashboard.Browser();
        using var third = _dashboard.Browser();
        _provider.Claims["email"] = "anna@contoso.example";

        await SignInAsync(first);
        _provider.Claims["preferred_username"] = "berta";
        await SignInAsync(second);
        _provider.Claims["sub"] = "subject-2";
        _provider.Claims["preferred_username"] = "anna";
        await SignInAsync(third);

        var people = await ReadAsync(context => context.Users.AsNoTracking().OrderBy(person => person.DisplayName).Select(person => new { person.DisplayName, person.IsExternal }).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["anna", "anna (Contoso)", "anna (Contoso) 2"], people.Select(person => person.DisplayName));
        Assert.Equal([false, true, true], people.Select(person => person.IsExternal));
    }

    [Fact]
    public async Task SignIn_GroupsChangedMeanwhile_RolesFollowAtOnceInOpenSessions()
    {
        using var first = _dashboard.Browser();
        await SignInAsync(first);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(first, "/people")).StatusCode);
        _provider.Claims["groups"] = new[] { "wsus-bern", "CN=Lookers,OU=Groups,DC=contoso" };
        using var second = _dashboard.Browser();

        await SignInAsync(second);

        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(first, "/people")).StatusCode);
        var grants = await ReadAsync(context => context.Grants.AsNoTracking().OrderBy(grant => grant.Site).Select(grant => $"{grant.Role}:{grant.Site}").ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["Operator:BRN", "Viewer:GVA", "Viewer:ZRH"], grants);
    }

    [Fact]
    public async Task SignIn_NoMappedGroup_IsRefusedWithASentenceAndLeavesNoAccount()
    {
        _provider.Claims["groups"] = new[] { "Everybody" };
        using var browser = _dashboard.Browser();

        var end = await SignInAsync(browser);

        await RefusedAsync(browser, end, "none of your groups has a role");
        Assert.Equal(0, await ReadAsync(context => context.Users.CountAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task SignIn_GroupTakenAway_LosesTheRolesOfBefore()
    {
        using var first = _dashboard.Browser();
        await SignInAsync(first);
        _provider.Claims["groups"] = Array.Empty<string>();
        using var second = _dashboard.Browser();

        var end = await SignInAsync(second);

        await RefusedAsync(second, end, "none of your groups has a role");
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(first, "/")).StatusCode);
    }

    [Theory]
    [InlineData("_claim_names")]
    [InlineData("hasgroups")]
    public async Task SignIn_TooManyGroupsForTheToken_SaysSoInsteadOfNoRole(string claim)
    {
        _provider.Claims.Remove("groups");
        _provider.Claims[claim] = claim == "hasgroups" ? true : JsonSerializer.SerializeToElement(new { groups = "src1" });
        using var browser = _dashboard.Browser();

        var end = await SignInAsync(browser);

        await RefusedAsync(browser, end, "too many");
    }

    public static TheoryData<string> Forgeries() => ["nonce", "issuer", "audience", "expired", "not yet", "unsigned", "other key", "shared secret", "altered"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task SignIn_TokenThatDoesNotHold_IsRefusedAndWrittenDown(string forgery)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        using var otherKey = RSA.Create(2048);
        switch (forgery)
        {
            case "nonce": _provider.Alter = token => token.Claims["nonce"] = "of-another-sign-in"; break;
            case "issuer": _provider.Alter = token => token.Issuer = "https://evil.example"; break;
            case "audience": _provider.Alter = token => token.Audience = "another-client"; break;
            case "expired": _provider.Alter = token => (token.IssuedAt, token.NotBefore, token.Expires) = (now.AddHours(-2), now.AddHours(-2), now.AddHours(-1)); break;
            case "not yet": _provider.Alter = token => (token.NotBefore, token.Expires) = (now.AddHours(1), now.AddHours(2)); break;
            case "unsigned": _provider.Replace = FakeProvider.Unsigned; break;
            case "other key": _provider.Alter = token => token.SigningCredentials = new(new RsaSecurityKey(otherKey) { KeyId = "key-1" }, SecurityAlgorithms.RsaSha256); break;
            case "shared secret": _provider.Alter = token => token.SigningCredentials = new(new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(FakeProvider.ClientSecret.PadRight(64, '-'))), SecurityAlgorithms.HmacSha256); break;
            default: _provider.Replace = token => token[..^8] + (token[^8] == 'A' ? "BAAAAAAA" : "AAAAAAAA"); break;
        }

        using var browser = _dashboard.Browser();

        var end = await SignInAsync(browser);

        Assert.Equal(1, _provider.Tokens);
        await RefusedAsync(browser, end, "be verified");
        Assert.Equal(0, await ReadAsync(context => context.Users.CountAsync(TestContext.Current.CancellationToken)));
        Assert.True(await ReadAsync(context => context.AuditEntries.AnyAsync(entry => entry.What == "person.sign-in" && entry.Outcome.StartsWith("refused: Contoso"), TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Callback_Replayed_OpensNothing()
    {
        using var victim = _dashboard.Browser();
        var callback = await ToCallbackAsync(victim, "/");
        using var thief = _dashboard.Browser();

        var stolen = await FollowAsync(thief, callback);
        var first = await FollowAsync(victim, callback);
        var again = await FollowAsync(victim, callback);

        await RefusedAsync(thief, stolen, "be verified");
        Assert.Equal("/", first);
        Assert.Contains("external-notproven", again, StringComparison.Ordinal);
        Assert.Equal(1, _provider.Tokens);
    }

    [Theory]
    [InlineData("/sign-in/oidc?code=abc")]
    [InlineData("/sign-in/oidc?code=abc&state=made-up")]
    [InlineData("/sign-in/oidc?error=access_denied&error_description=%3Cscript%3E")]
    [InlineData("/sign-in/oidc")]
    public async Task Callback_MadeUp_IsRefusedAndNoMistakeOfTheDashboard(string callback)
    {
        using var browser = _dashboard.Browser();

        var end = await FollowAsync(browser, new Uri(callback, UriKind.Relative));

        await RefusedAsync(browser, end, "be verified");
    }

    [Fact]
    public async Task SignIn_ProviderIsDown_SaysSoAndAPasswordStillSignsIn()
    {
        await _dashboard.AddPersonAsync("local", new Grant(Role.Viewer, SiteScope.WholeFleet));
        _provider.IsDown = true;
        using var browser = _dashboard.Browser();

        var end = await SignInAsync(browser);

        await RefusedAsync(browser, end, "answering right now");
        var (response, _) = await browser.SignInAsync("local", TestPeople.Password);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(browser, "/")).StatusCode);
    }

    [Fact]
    public async Task SignIn_ProviderGoesDownInTheMiddle_SaysSo()
    {
        using var browser = _dashboard.Browser();
        var callback = await ToCallbackAsync(browser, "/");
        _provider.IsDown = true;

        var end = await FollowAsync(browser, callback);

        await RefusedAsync(browser, end, "answering right now");
    }

    [Fact]
    public async Task SignIn_DisabledHere_IsRefused()
    {
        using var first = _dashboard.Browser();
        await SignInAsync(first);
        var id = (await PersonAsync()).Id;
        await using (var scope = _dashboard.Services.CreateOwnScope())
        {
            await _dashboard.AddPersonAsync("second", new Grant(Role.Admin, SiteScope.WholeFleet));
            Assert.True((await scope.ServiceProvider.GetRequiredService<PeopleService>().SetDisabledAsync(id, isDisabled: true, TestContext.Current.CancellationToken)).IsSuccess);
        }

        using var second = _dashboard.Browser();
        var end = await SignInAsync(second);

        await RefusedAsync(second, end, "disabled");
        Assert.Equal(HttpStatusCode.Found, (await GetAsync(first, "/")).StatusCode);
    }

    [Fact]
    public async Task People_OfAnExternalAccount_GiveNoRoleAndNoPasswordByHand()
    {
        using var browser = _dashboard.Browser();
        await SignInAsync(browser);
        var id = (await PersonAsync()).Id;
        await using var scope = _dashboard.Services.CreateOwnScope();
        var people = scope.ServiceProvider.GetRequiredService<PeopleService>();

        var roles = await people.SetGrantsAsync(id, [new(Role.Viewer, SiteScope.WholeFleet)], TestContext.Current.CancellationToken);
        var link = await people.InviteAgainAsync(id, TestContext.Current.CancellationToken);
        var found = await people.ListAsync("contoso", 1, TestContext.Current.CancellationToken);

        Assert.IsType<Conflict>(roles.Failure);
        Assert.IsType<Conflict>(link.Failure);
        Assert.Equal(id, Assert.Single(found.Value!.Items).Id);
    }

    [Fact]
    public async Task SignOut_EndsTheSessionAndOffersTheProviders()
    {
        using var browser = _dashboard.Browser();
        await SignInAsync(browser);
        var page = await (await GetAsync(browser, "/account")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = TestPeople.AntiforgeryToken().Match(page).Groups[1].Value });

        using var signedOut = await browser.PostAsync(new Uri("/sign-out", UriKind.Relative), form, TestContext.Current.CancellationToken);
        using var atProvider = await GetAsync(browser, "/sign-out/provider");

        Assert.Equal("/sign-in?notice=signed-out", signedOut.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.Found, (await GetAsync(browser, "/")).StatusCode);
        Assert.StartsWith($"{_provider.Issuer}/end?", atProvider.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.Contains($"client_id={FakeProvider.ClientId}", atProvider.Headers.Location!.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Confirm_SignedInAgainAtTheProvider_ConfirmsThisSession()
    {
        using var browser = _dashboard.Browser();
        await SignInAsync(browser);
        var session = await ReadAsync(context => context.Sessions.Select(known => known.Id).SingleAsync(TestContext.Current.CancellationToken));

        var end = await FollowAsync(browser, new Uri("/sign-in/external?scheme=external-oidc&confirm=true&returnUrl=%2Frepairs", UriKind.Relative));

        Assert.Equal("/repairs", end);
        Assert.Equal(("0", "login"), _provider.Asked);
        Assert.True(_dashboard.Get<Confirmations>().IsConfirmed(session));
    }

    [Theory]
    [InlineData("old", "external-notfresh")]
    [InlineData("silent", "external-notfresh")]
    [InlineData("other", "external-otherperson")]
    public async Task Confirm_NotFreshOrSomebodyElse_ConfirmsNothing(string attack, string notice)
    {
        using var browser = _dashboard.Browser();
        await SignInAsync(browser);
        var session = await ReadAsync(context => context.Sessions.Select(known => known.Id).SingleAsync(TestContext.Current.CancellationToken));
        switch (attack)
        {
            case "old": _provider.Claims["auth_time"] = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeSeconds(); break;
            case "silent": _provider.Alter = token => token.Claims.Remove("auth_time"); break;
            default: _provider.Claims["sub"] = "subject-2"; break;
        }

        var end = await FollowAsync(browser, new Uri("/sign-in/external?scheme=external-oidc&confirm=true&returnUrl=%2Frepairs", UriKind.Relative));

        Assert.Equal($"/repairs?notice={notice}", end);
        Assert.False(_dashboard.Get<Confirmations>().IsConfirmed(session));
    }

    [Fact]
    public void Options_WithMistakes_NameEachWithoutTheSecret()
    {
        using var folder = new TempFolder();

        var problems = OptionMistakes.Of(options =>
        {
            options.DataDirectory = folder.Path;
            options.Oidc.Authority = "http://idp.example";
            options.Oidc.ClientSecret = new("very-secret");
            options.Oidc.Scopes = "profile";
            options.Oidc.Name = "";
            options.SignIn.GroupRoles = "WSUS=Boss; =Viewer; Bern=Operator:";
        });

        Assert.Equal(7, problems.Count);
        Assert.Contains(problems, problem => problem.Contains("Dashboard:Oidc:Authority is \"http://idp.example\"", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("\"WSUS=Boss\"", StringComparison.Ordinal) && problem.Contains("Viewer, Operator, Admin", StringComparison.Ordinal));
        Assert.DoesNotContain(problems, problem => problem.Contains("very-secret", StringComparison.Ordinal));
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient browser, string path) => browser.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    private static Task<string> SignInAsync(HttpClient browser, string returnUrl = "/") =>
        FollowAsync(browser, new Uri($"/sign-in/external?scheme=external-oidc&returnUrl={Uri.EscapeDataString(returnUrl)}", UriKind.Relative));

    /// <summary>The address that the provider leads back to, not yet followed.</summary>
    private static async Task<Uri> ToCallbackAsync(HttpClient browser, string returnUrl)
    {
        using var challenge = await GetAsync(browser, $"/sign-in/external?scheme=external-oidc&returnUrl={Uri.EscapeDataString(returnUrl)}");
        using var authorized = await browser.GetAsync(challenge.Headers.Location, TestContext.Current.CancellationToken);
        return authorized.Headers.Location!;
    }

    /// <summary>Follows redirects as far as the callback and one further; the value is where the browser is led, a path of the dashboard.</summary>
    private static async Task<string> FollowAsync(HttpClient browser, Uri address)
    {
        var next = new Uri(browser.BaseAddress!, address);
        for (var step = 0; step < 4; step++)
        {
            using var response = await browser.GetAsync(next, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Found, response.StatusCode);
            var led = new Uri(next, response.Headers.Location!);
            if (led.Authority == browser.BaseAddress!.Authority && led.AbsolutePath != "/sign-in/oidc")
            {
                return led.PathAndQuery;
            }

            next = led;
        }

        throw new InvalidOperationException("The sign-in leads round and round.");
    }

    private static async Task RefusedAsync(HttpClient browser, string end, string sentence)
    {
        Assert.StartsWith("/sign-in?notice=external-", end, StringComparison.Ordinal);
        var page = await browser.GetStringAsync(new Uri(end, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains(sentence, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        using var inside = await GetAsync(browser, "/");
        Assert.Equal(HttpStatusCode.Found, inside.StatusCode);
    }

    private Task<Person> PersonAsync() => ReadAsync(context => context.Users.AsNoTracking().SingleAsync(person => person.IsExternal, TestContext.Current.CancellationToken));

    private async Task<T> ReadAsync<T>(Func<SecurityContext, Task<T>> read)
    {
        await using var context = await _dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        return await read(context);
    }
}
