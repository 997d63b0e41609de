using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Enrolment;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>Attacks with enrolment tokens; what real agents do with the answers is tested with real agents.</summary>
public sealed class EnrolmentRegistrarTests : IAsyncLifetime
{
    private const string Pin = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(_folder, clock: _time);

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Register_WithAnExpiredToken_IsRefusedWithTheTime()
    {
        var token = await IssueAsync(uses: 5, hours: 1);
        _time.Advance(TimeSpan.FromHours(1));

        var answer = await RegisterAsync(token);

        AssertRefused(answer);
        AssertText.Tells(answer.Message, _time.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Register_WithARevokedToken_IsRefused()
    {
        var token = await IssueAsync(uses: 5, hours: 1);
        await using (var scope = _dashboard.Services.CreateOwnScope())
        {
            Assert.True((await scope.ServiceProvider.GetRequiredService<EnrolmentService>().RevokeAsync(token.Id, Token)).IsSuccess);
        }

        AssertRefused(await RegisterAsync(token));
        Assert.Equal(0, await UsesAsync(token));
    }

    [Fact]
    public async Task Register_WithAnotherSecretOrAnUnknownToken_IsRefusedAlike()
    {
        var token = await IssueAsync(uses: 5, hours: 1);

        var wrongSecret = await RegisterAsync(token, secret: EnrolmentToken.Create(Pin).Secret);
        var unknown = await RegisterAsync(EnrolmentToken.Create(Pin));

        Assert.Equal(wrongSecret.Message, unknown.Message);
        AssertRefused(wrongSecret);
    }

    [Fact]
    public async Task Register_WithATokenThatAnotherServerUsedUp_IsRefusedAuditedAndCountsNothing()
    {
        await using var agent = await FakeAgent.StartAsync();
        var token = await IssueAsync(uses: 1, hours: 1);
        var first = await RegisterAsync(token, agent: agent);
        Assert.True(first.IsAdmitted, first.Message);

        var second = await RegisterAsync(token);

        AssertRefused(second);
        Assert.Equal(1, await UsesAsync(token));
        Assert.Equal(FakeAgent.Pin, await _dashboard.ReadAsync(context => context.Servers.Select(server => server.AgentPin).SingleAsync(Token)));
        var audit = await Eventually.Async(
            () => _dashboard.Http.GetFromJsonAsync<JsonElement>("/api/v1/audit?what=access.refused", Token), page => page.GetProperty("items").GetArrayLength() > 0);
        var entry = Assert.Single(audit.GetProperty("items").EnumerateArray());
        AssertText.Tells(entry.ToString(), "enrolment.register", token.Id, "10.0.0.9");
    }

    [Fact]
    public async Task Register_SiteWhoseWaitingListIsFull_KeepsNoOtherSiteOut()
    {
        await using var agent = await FakeAgent.StartAsync();
        await AddWaitingAsync("ZRH", 200);
        var full = await IssueAsync(uses: 5, hours: 1, "ZRH", admits: false);
        var free = await IssueAsync(uses: 5, hours: 1, "BRN", admits: false);

        var refused = await RegisterAsync(full, agent: agent);
        var waiting = await RegisterAsync(free, agent: agent);

        Assert.Equal(("", true), (refused.HubId, refused.MayRetry));
        Assert.NotEqual("", waiting.HubId);
        Assert.Equal(1, await _dashboard.ReadAsync(context => context.Admissions.CountAsync(admission => admission.Site == "BRN", Token)));
    }

    [Fact]
    public async Task Lists_BehindOtherSitesRows_AreOfTheCallersOwnSites()
    {
        await AddWaitingAsync("ZRH", 250);
        await AddWaitingAsync("BRN", 1);
        var own = await IssueAsync(uses: 1, hours: 1, "BRN");
        for (var other = 0; other < 120; other++)
        {
            await IssueAsync(uses: 1, hours: 1, "ZRH");
        }

        var person = await _dashboard.AddPersonAsync("siteadmin", new Grant(Role.Admin, SiteScope.Of("BRN")));
        await using var scope = _dashboard.Services.CreateOwnScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(new CallerIdentity(CallerKind.Token, person, (await _dashboard.AddTokenAsync(person)).Id, ""));
        var enrolment = scope.ServiceProvider.GetRequiredService<EnrolmentService>();

        Assert.Equal("BRN", Assert.Single(await enrolment.ListWaitingAsync(Token)).Site);
        Assert.Equal(own.Id, Assert.Single(await enrolment.ListTokensAsync(Token)).Id);
    }

    private Task<int> AddWaitingAsync(string site, int count) => _dashboard.ReadAsync(async context =>
    {
        context.Admissions.AddRange(Enumerable.Range(1, count).Select(number => new AdmissionEntity
        {
            TokenId = "0123456789abcdef",
            AgentPin = $"{site}-{number}",
            AgentId = number.ToString("x32", CultureInfo.InvariantCulture),
            ComputerName = $"{site}-WSUS{number}",
            AgentVersion = "1.0",
            Address = $"https://10.0.0.1:{number}",
            Site = site,
            AskedFrom = "10.0.0.9",
            AskedAt = _time.GetUtcNow().UtcDateTime,
        }));
        return await context.SaveChangesAsync(Token);
    });

    private static void AssertRefused(EnrolmentAnswer answer) => Assert.Equal(("", false, false), (answer.HubId, answer.IsAdmitted, answer.MayRetry));

    private Task<int> UsesAsync(EnrolmentToken token) => _dashboard.ReadAsync(context => context.EnrolmentTokens.Where(known => known.Id == token.Id).Select(known => known.Uses).SingleAsync(Token));

    private async Task<EnrolmentToken> IssueAsync(int uses, int hours, string site = "BRN", bool admits = true)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var issued = await scope.ServiceProvider.GetRequiredService<EnrolmentService>().IssueAsync("test", site, uses, hours, admits, Token);
        Assert.True(EnrolmentToken.TryParse(issued.Value!.Token, out var token));
        return token;
    }

    /// <param name="token">Used with its own secret, where no other is named.</param>
    /// <param name="agent">Who asks; null = one that the dashboard cannot reach.</param>
    private async Task<EnrolmentAnswer> RegisterAsync(EnrolmentToken token, string? secret = null, FakeAgent? agent = null)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var request = new EnrolmentRequest(token.Id, secret ?? token.Secret, new string(agent is null ? 'b' : 'a', 32), agent is null ? "BRN-WSUS09" : "BRN-WSUS02", "1.0", agent?.Port ?? 5101, ["127.0.0.1"]);
        return await scope.ServiceProvider.GetRequiredService<EnrolmentRegistrar>().RegisterAsync(request, agent is null ? Pin : FakeAgent.Pin, "10.0.0.9", Token);
    }
}
