using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>Sign-in by Windows where IIS hosts the dashboard. IIS itself is not at hand: a handler under the name of its scheme stands in, and a process is started as its module starts one.</summary>
public sealed class WindowsSignInTests : IDisposable
{
    private const string Sid = "S-1-5-21-1-2-3-1104";
    private const string Operators = "S-1-5-21-1-2-3-2201";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Operators, @"CORP\anna")]
    [InlineData(@"CORP\WSUS-Operators", @"CORP\berta")]
    public async Task SignIn_MemberOfAMappedGroup_OpensByItsSidOrName(string group, string name)
    {
        await using var dashboard = await StartAsync();
        using var browser = dashboard.Browser();
        browser.DefaultRequestHeaders.Add(StandIn.Header, $"{name}|{Sid}|{group}");

        using var signedIn = await GetAsync(browser, "/sign-in/external?scheme=Windows&returnUrl=%2Faccount");
        using var account = await GetAsync(browser, "/account");

        Assert.Equal("/account", signedIn.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.OK, account.StatusCode);
        await using var context = await dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("windows", Sid), await context.UserLogins.Select(login => new ValueTuple<string, string>(login.LoginProvider, login.ProviderKey)).SingleAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["BRN"], await context.Grants.Select(grant => grant.Site).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(@"CORP\anna|S-1-5-21-1-2-3-1104|S-1-1-0", "none of your groups has a role")]
    [InlineData(@"CORP\anna||S-1-5-21-1-2-3-2201", "be verified")]
    public async Task SignIn_WithoutAMappedGroupOrWithoutASid_IsRefusedWithASentence(string account, string sentence)
    {
        await using var dashboard = await StartAsync();
        using var browser = dashboard.Browser();
        browser.DefaultRequestHeaders.Add(StandIn.Header, account);

        using var refused = await GetAsync(browser, "/sign-in/external?scheme=Windows");

        Assert.Contains(sentence, WebUtility.HtmlDecode(await browser.GetStringAsync(refused.Headers.Location, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await GetAsync(browser, "/")).StatusCode);
    }

    [Fact]
    public async Task SignIn_BrowserHasNotProvenAnything_IsAskedTo()
    {
        await using var dashboard = await StartAsync();
        using var browser = dashboard.Browser();

        using var asked = await GetAsync(browser, "/sign-in/external?scheme=Windows");

        Assert.Equal(HttpStatusCode.Unauthorized, asked.StatusCode);
        Assert.Equal("Negotiate", asked.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("MS-ASPNETCORE-WINAUTHTOKEN", "1f4")]
    [InlineData("MS-ASPNETCORE-TOKEN", "made-up")]
    [InlineData("X-Forwarded-User", @"CORP\administrator")]
    [InlineData("Authorization", "Negotiate TlRMTVNTUAABAAAA")]
    public async Task Headers_OfTheModule_WithoutIt_SignNobodyIn(string header, string value)
    {
        await using var dashboard = await TestDashboard.StartAsync(_folder, options => options.SignIn.GroupRoles = "S-1-1-0=Admin");
        using var browser = dashboard.Browser();
        browser.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        using var way = await GetAsync(browser, "/sign-in/external?scheme=Windows");
        using var inside = await GetAsync(browser, "/people");
        var page = await browser.GetStringAsync(new Uri("/sign-in", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("/sign-in", way.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.Found, inside.StatusCode);
        Assert.DoesNotContain("/sign-in/external", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_StartedAsTheModuleStartsIt_AnswersOnlyWhoHasItsTokenAndOffersWindows()
    {
        const string Token = "pairing-token-of-the-module";
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "WsusDashboard.Dashboard.dll"), $"--Dashboard:DataDirectory={_folder.Path}", "--Dashboard:PublicAddress=https://dash.corp.example", "--Dashboard:SignIn:GroupRoles=S-1-1-0=Viewer"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["ASPNETCORE_PORT"] = port.ToString(CultureInfo.InvariantCulture),
                ["ASPNETCORE_TOKEN"] = Token,
                ["ASPNETCORE_APPL_PATH"] = "/",
                ["ASPNETCORE_IIS_HTTPAUTH"] = "windows;anonymous;",
            },
        };
        using var process = Process.Start(start)!;
        try
        {
            using var module = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Eventually.Limit };
            module.DefaultRequestHeaders.Add("MS-ASPNETCORE-TOKEN", Token);
            var page = await Eventually.Async(() => ReadAsync(module), text => text.Length > 0);
            using var other = new HttpClient { BaseAddress = module.BaseAddress, Timeout = Eventually.Limit };
            using var without = await other.GetAsync(new Uri("/sign-in", UriKind.Relative), TestContext.Current.CancellationToken);
            other.DefaultRequestHeaders.Add("MS-ASPNETCORE-TOKEN", "another");
            other.DefaultRequestHeaders.Add("MS-ASPNETCORE-WINAUTHTOKEN", "1f4");
            using var wrong = await other.GetAsync(new Uri("/sign-in/external?scheme=Windows", UriKind.Relative), TestContext.Current.CancellationToken);

            Assert.Contains("/sign-in/external", page, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public void Validate_HostedByIisWithoutItsAddress_SaysSo()
    {
        var problem = Assert.Single(OptionMistakes.Of(options => options.DataDirectory = _folder.Path, ("PORT", "4321"), ("TOKEN", "token")));

        Assert.Contains("Dashboard:PublicAddress", problem, StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(HttpClient client)
    {
        try
        {
            return await client.GetStringAsync(new Uri("/sign-in", UriKind.Relative), TestContext.Current.CancellationToken);
        }
        catch (HttpRequestException)
        {
            // Not up yet.
            return "";
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient browser, string path) => browser.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    private async Task<TestDashboard> StartAsync()
    {
        var dashboard = await TestDashboard.StartAsync(_folder, options =>
        {
            options.SignIn.AttemptsPerMinute = 1000;
            options.SignIn.GroupRoles = $@"{Operators}=Operator:BRN; CORP\WSUS-Operators=Operator:BRN";
        });

        // What IIS's own server and its module do where Windows authentication is on.
        dashboard.Get<IAuthenticationSchemeProvider>().AddScheme(new("Windows", "Windows", typeof(StandIn)));
        return dashboard;
    }

    private sealed class StandIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        public const string Header = "X-Stand-In";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers[Header].ToString() is not { Length: > 0 } text)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var parts = text.Split('|');
            var claims = new ClaimsIdentity([new(ClaimTypes.Name, parts[0])], "Negotiate");
            if (parts[1].Length > 0)
            {
                claims.AddClaim(new(ClaimTypes.PrimarySid, parts[1]));
            }

            claims.AddClaim(new(parts[2].StartsWith("S-", StringComparison.Ordinal) ? ClaimTypes.GroupSid : ClaimTypes.Role, parts[2]));
            return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(claims), Scheme.Name)));
        }

        protected override Task HandleChallengeAsync(AuthenticationProperties properties)
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            Response.Headers.WWWAuthenticate = "Negotiate";
            return Task.CompletedTask;
        }
    }
}
