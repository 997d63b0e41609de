using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Security.Accounts;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>"Authorization: Bearer …" with an API token. Never from the address: addresses are kept in logs.</summary>
internal sealed class ApiTokenHandler(AccessCache cache, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ApiToken";
    private const string Prefix = "Bearer ";

    public static bool IsUsed(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!IsUsed(Request))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var token = Request.Headers.Authorization.ToString()[Prefix.Length..].Trim();
        if (cache.Recognize(token, CallerClaims.AddressOf(Context)) is not { } identity)
        {
            return Task.FromResult(AuthenticateResult.Fail("The API token is unknown, revoked or expired."));
        }

        var claims = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, identity.PersonId), new(CallerClaims.Token, identity.CredentialId)], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(claims), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
