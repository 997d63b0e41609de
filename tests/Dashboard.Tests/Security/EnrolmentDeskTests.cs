using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Features.Trust;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>Attacks with enrolment tokens; what real agents do with the answers is tested with real agents.</summary>
public sealed class EnrolmentDeskTests : IAsyncLifetime
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

        Assert.Equal(("", false), (answer.HubId, answer.MayRetry));
        Assert.Contains("expired at", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_WithARevokedToken_IsRefused()
    {
        var token = await IssueAsync(uses: 5, hours: 1);
        await using (var scope = _dashboard.Services.CreateOwnScope())
        {
            Assert.True((await scope.ServiceProvider.GetRequiredService<EnrolmentService>().RevokeAsync(token.Id, Token)).IsSuccess);
        }

        Assert.Contains("revoked", (await RegisterAsync(token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_WithAnotherSecretOrAnUnknownToken_IsRefusedAlike()
    {
        var token = await IssueAsync(uses: 5, hours: 1);

        var wrongSecret = await RegisterAsync(token, secret: EnrolmentToken.Create(Pin).Secret);
        var unknown = await RegisterAsync(EnrolmentToken.Create(Pin));

        Assert.Equal(wrongSecret.Message, unknown.Message);
        Assert.Equal("", wrongSecret.HubId);
    }

    [Fact]
    public async Task Register_WithATokenThatIsUsedUp_IsRefused()
    {
        var token = await IssueAsync(uses: 1, hours: 1);
        await using (var context = await _dashboard.Get<Microsoft.EntityFrameworkCore.IDbContextFactory<Dashboard.Data.DashboardContext>>().CreateDbContextAsync(Token))
        {
            var entity = context.EnrolmentTokens.Single(known => known.Id == token.Id);
            entity.Uses = 1;
            await context.SaveChangesAsync(Token);
        }

        var answer = await RegisterAsync(token);

        Assert.Contains("all that it was made for", answer.Message, StringComparison.Ordinal);
        var page = await _dashboard.Http.GetStringAsync(new Uri("/api/v1/audit?what=access.refused", UriKind.Relative), Token);
        Assert.Contains("all that it was made for", await Eventually.AsyncResult(() => _dashboard.Http.GetStringAsync(new Uri("/api/v1/audit?what=access.refused", UriKind.Relative), Token), text => text.Contains("enrolment.register", StringComparison.Ordinal)) + page, StringComparison.Ordinal);
    }

    private async Task<EnrolmentToken> IssueAsync(int uses, int hours)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var issued = await scope.ServiceProvider.GetRequiredService<EnrolmentService>().IssueAsync("test", "BRN", uses, hours, admits: true, Token);
        Assert.True(EnrolmentToken.TryParse(issued.Value!.Token, out var token));
        return token;
    }

    private async Task<EnrolmentAnswer> RegisterAsync(EnrolmentToken token, string? secret = null)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var request = new EnrolmentRequest(token.Id, secret ?? token.Secret, new string('b', 32), "BRN-WSUS09", "1.0", 5101, ["127.0.0.1"]);
        return await scope.ServiceProvider.GetRequiredService<EnrolmentDesk>().RegisterAsync(request, Pin, "10.0.0.9", Token);
    }
}
