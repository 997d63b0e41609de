using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>
/// A screen that nobody sits at signs in with an API token that may only look. Its cookie names the token; whether that still holds is asked of the cache at every request and in open circuits, so revoking the token ends the screen.
/// </summary>
internal sealed class WallEntry(AccessCache cache, AuditLog audit)
{
    public const string Scheme = "Wall";

    /// <summary>Signs the browser in. False where the token is unknown, revoked or expired, or may do more than look.</summary>
    public async Task<bool> TrySignInAsync(string token, HttpContext context)
    {
        var from = CallerClaims.AddressOf(context);
        if (cache.Recognize(token, from) is not { } identity || !MayOnlyLook(cache.Find(identity)))
        {
            await audit.WriteAsync("a screen", CallerIdentity.Nobody with { From = from }, new() { What = "wall.sign-in", Outcome = "refused: not a valid token with the role Viewer" });
            return false;
        }

        var claims = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, identity.PersonId), new(CallerClaims.Token, identity.CredentialId)], Scheme);
        await context.SignInAsync(Scheme, new(claims), new() { IsPersistent = true });
        await audit.WriteAsync(cache.Find(identity).Name, identity, new() { What = "wall.sign-in", Outcome = "done" });
        return true;
    }

    /// <summary>Who uses the token on a screen could be anybody who walks by.</summary>
    internal static bool MayOnlyLook(Access access) => access.IsSignedIn && access.Grants.Count > 0 && access.Grants.All(grant => grant.Role == Role.Viewer);
}

/// <summary>The cookie of screens: valid as long as its token.</summary>
internal sealed class WallCookie(AccessCache cache, DashboardOptions settings) : IConfigureNamedOptions<CookieAuthenticationOptions>
{
    public const string Name = "wsus-wall";

    /// <summary>Longer than any token: the token ends it.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    public void Configure(CookieAuthenticationOptions options)
    {
    }

    public void Configure(string? name, CookieAuthenticationOptions options)
    {
        if (name != WallEntry.Scheme)
        {
            return;
        }

        options.Cookie.Name = Name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = settings.Https.CertificateFile.Length > 0 ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = Lifetime;
        options.SlidingExpiration = true;
        options.LoginPath = Links.WallSignIn;
        options.Events = new CookieAuthenticationEvents { OnValidatePrincipal = ValidateAsync };
    }

    private async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (!WallEntry.MayOnlyLook(cache.Find(CallerClaims.Read(context.Principal, ""))))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(WallEntry.Scheme);
        }
    }
}
