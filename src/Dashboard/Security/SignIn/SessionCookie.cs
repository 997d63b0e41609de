using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Accounts;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>The cookie names a session; whether that still holds is asked of the cache at every request.</summary>
internal sealed class SessionCookie(AccessCache cache, Sessions sessions, DashboardOptions settings) : IConfigureNamedOptions<CookieAuthenticationOptions>
{
    public const string Name = "wsus-session";

    public void Configure(CookieAuthenticationOptions options)
    {
    }

    public void Configure(string? name, CookieAuthenticationOptions options)
    {
        options.Cookie.HttpOnly = true;
        options.Cookie.SecurePolicy = settings.Https.CertificateFile.Length > 0 ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        if (name != IdentityConstants.ApplicationScheme)
        {
            return;
        }

        options.Cookie.Name = Name;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.ExpireTimeSpan = TimeSpan.FromHours(settings.SignIn.SessionIdleHours);
        options.SlidingExpiration = true;
        options.LoginPath = Links.SignIn;
        options.ReturnUrlParameter = "returnUrl";
        options.Events = new CookieAuthenticationEvents
        {
            OnValidatePrincipal = ValidateAsync,

            // The page of the sign-in leads on: the cookie's own way takes the address as it stands there, whatever it is.
            OnRedirectToReturnUrl = _ => Task.CompletedTask,
            OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized),
            OnRedirectToAccessDenied = context => AnswerAsync(context, StatusCodes.Status403Forbidden),
        };
    }

    private async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var identity = CallerClaims.Read(context.Principal, "");
        if (!cache.Find(identity).IsSignedIn)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
            return;
        }

        await sessions.NoteUseAsync(identity.CredentialId, context.HttpContext.RequestAborted);
    }

    /// <summary>A person is led to the sign-in page; a script is told.</summary>
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (status == StatusCodes.Status401Unauthorized && !IsScript(context.HttpContext))
        {
            context.Response.Redirect(context.RedirectUri);
        }
        else
        {
            context.Response.StatusCode = status;
        }

        return Task.CompletedTask;
    }

    private static bool IsScript(HttpContext context) =>
        ApiPaths.IsApi(context) || context.Request.Path.StartsWithSegments(Links.Metrics, StringComparison.OrdinalIgnoreCase) || context.Request.Path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase) || context.Request.Path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase) || context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)
        || !HttpMethods.IsGet(context.Request.Method);
}
