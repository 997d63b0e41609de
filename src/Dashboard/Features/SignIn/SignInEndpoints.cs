using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.SignIn;

/// <summary>What signs in and out without a page of its own.</summary>
internal static class SignInEndpoints
{
    public static IServiceCollection AddSignIn(this IServiceCollection services) => services.AddScoped<Onboarding>();

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Links.SignOut, SignOutAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet(Links.SignInLink, UseLinkAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        routes.MapExternalSignIn();
    }

    /// <summary>Ends the session, not only the cookie.</summary>
    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, Sessions sessions, Caller caller, AuditTrail audit)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.Problem(statusCode: StatusCodes.Status400BadRequest, title: "Not signed out", detail: "This request didn't come from a WsusDashboard page, or the page was too old. Reload the page, then sign out again.");
        }

        if (caller.Identity.Kind == CallerKind.Session)
        {
            await audit.WriteAsync(new() { What = "person.sign-out", Outcome = "done" });
            await sessions.EndAsync(caller.Identity.CredentialId);
        }

        var isByProvider = context.User.HasClaim(ExternalSignIn.MethodClaim, ExternalSignIn.OidcMethod);
        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
        return TypedResults.LocalRedirect(isByProvider ? Links.With(Links.SignIn, ("notice", "signed-out")) : Links.SignIn);
    }

    private static async Task<IResult> UseLinkAsync([FromQuery] string? code, HttpContext context, OneTimeLinks links, UserManager<Person> people, SignInManager<Person> signIn, CancellationToken cancellationToken)
    {
        // From this computer only: who has the link from a screen or a log elsewhere has nothing.
        var isLocal = context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);
        var (isValid, personId) = isLocal ? await links.UseAsync(LinkPurpose.SignIn, code, cancellationToken) : (false, null);
        if (!isValid || await people.FindByIdAsync(personId ?? "") is not { } person || !await signIn.CanSignInAsync(person))
        {
            return TypedResults.LocalRedirect(Links.With(Links.SignIn, ("notice", "link")));
        }

        await signIn.SignInAsync(person, isPersistent: true, "link");
        return TypedResults.LocalRedirect(Links.Fleet);
    }
}
