using System.Runtime.Versioning;
using System.Security.Claims;
using System.Security.Principal;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.SignIn;

/// <summary>The ways to and from other systems that sign in.</summary>
internal static class ExternalSignInEndpoints
{
    public static void MapExternalSignIn(this IEndpointRouteBuilder routes)
    {
        // Links, not forms: the policy of the pages lets no form lead to another site.
        routes.MapGet(Links.ExternalSignIn, BeginAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        routes.MapGet(Links.ExternalSignOut, SignOutAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> BeginAsync(
        [FromQuery] string? scheme, [FromQuery] string? returnUrl, [FromQuery] bool? confirm, HttpContext context, IAuthenticationSchemeProvider schemes, DashboardOptions options, Caller caller, ExternalEntry entry, TimeProvider timeProvider)
    {
        var offered = await ExternalSignIn.OfferedAsync(schemes, options);
        if (offered.All(known => known.Scheme != scheme) || (confirm == true && (caller.Identity.Kind != CallerKind.Session || scheme != ExternalSignIn.OidcScheme)))
        {
            return TypedResults.LocalRedirect(Links.SignIn);
        }

        var properties = ExternalEntry.Begin(LocalAddress.OrHome(returnUrl), confirm == true ? caller.Identity.CredentialId : null, timeProvider.GetUtcNow());
        if (scheme == ExternalSignIn.WindowsScheme)
        {
            return await EnterByWindowsAsync(context, entry, returnUrl);
        }

        try
        {
            await context.ChallengeAsync(scheme, properties);
            return TypedResults.Empty;
        }
        catch (Exception exception) when (ProviderFault.Is(exception))
        {
            return TypedResults.LocalRedirect(await entry.RefuseAsync("", ExternalProblem.ProviderDown, properties, context, $"{options.Oidc.Name}: {exception.GetBaseException().Message}"));
        }
    }

    /// <summary>The module of IIS asks the browser; then the request comes again, with the proof.</summary>
    private static async Task<IResult> EnterByWindowsAsync(HttpContext context, ExternalEntry entry, string? returnUrl)
    {
        var result = await context.AuthenticateAsync(ExternalSignIn.WindowsScheme);
        if (result.Principal is not { Identity.IsAuthenticated: true } principal)
        {
            await context.ChallengeAsync(ExternalSignIn.WindowsScheme);
            return TypedResults.Empty;
        }

        return WindowsAccount.Read(principal) is { } identity
            ? TypedResults.LocalRedirect(await entry.EnterAsync(identity, ExternalSignIn.WindowsMethod, returnUrl, context))
            : TypedResults.LocalRedirect(await entry.RefuseAsync(principal.Identity.Name ?? "", ExternalProblem.NotProven, null, context, "Windows gave no SID"));
    }

    /// <summary>Ends the session at the provider, too; the one here has ended before.</summary>
    private static async Task<IResult> SignOutAsync(HttpContext context, IAuthenticationSchemeProvider schemes)
    {
        if (await schemes.GetSchemeAsync(ExternalSignIn.OidcScheme) is null)
        {
            return TypedResults.LocalRedirect(Links.SignIn);
        }

        try
        {
            await context.SignOutAsync(ExternalSignIn.OidcScheme);
            return TypedResults.Empty;
        }
        catch (Exception exception) when (ProviderFault.Is(exception))
        {
            return TypedResults.LocalRedirect(Links.With(Links.SignIn, ("notice", ExternalProblem.ProviderDown.ToNotice())));
        }
    }
}

/// <summary>What Windows says about an account.</summary>
internal static class WindowsAccount
{
    private const string Issuer = "windows";

    /// <summary>Null without a SID: a name alone may be given to somebody else later.</summary>
    public static ExternalIdentity? Read(ClaimsPrincipal principal)
    {
        var sid = OperatingSystem.IsWindows() && principal.Identity is WindowsIdentity windows ? windows.User?.Value : principal.FindFirstValue(ClaimTypes.PrimarySid);
        return string.IsNullOrEmpty(sid) ? null : new(Issuer, sid, "Windows", principal.Identity?.Name ?? sid, [.. principal.FindAll(ClaimTypes.GroupSid).Select(claim => claim.Value), .. NamesOf(principal)]);
    }

    /// <summary>The options may name groups instead of their SIDs.</summary>
    private static IEnumerable<string> NamesOf(ClaimsPrincipal principal) =>
        OperatingSystem.IsWindows() && principal.Identity is WindowsIdentity { Groups: { } groups } ? Translate(groups) : principal.FindAll(ClaimTypes.Role).Select(claim => claim.Value);

    /// <summary>SIDs that cannot be translated (a domain that is gone) stay SIDs.</summary>
    [SupportedOSPlatform("windows")]
    private static IEnumerable<string> Translate(IdentityReferenceCollection groups)
    {
        foreach (var group in groups.Translate(typeof(NTAccount), forceSuccess: false))
        {
            yield return group.Value;
        }
    }
}
