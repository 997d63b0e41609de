using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Accounts;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>What follows when another system has proven who somebody is: a session begins, or an open one is confirmed.</summary>
internal sealed class ExternalEntry(ExternalAccounts accounts, SignInManager<Person> signIn, SignInRecords records, Confirmations confirmations)
{
    private const string ConfirmedSession = "wsus:confirms";
    private const string AskedAt = "wsus:asked-at";

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>What to keep while the person is at the provider.</summary>
    /// <param name="returnUrl">Where to go afterwards, a path here.</param>
    /// <param name="confirms">The session that is to be confirmed; null for a sign-in.</param>
    /// <param name="now">The time.</param>
    public static AuthenticationProperties Begin(string returnUrl, string? confirms, DateTimeOffset now)
    {
        var properties = new AuthenticationProperties { RedirectUri = returnUrl };
        if (confirms is not null)
        {
            properties.Items[ConfirmedSession] = confirms;
            properties.Items[AskedAt] = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        }

        return properties;
    }

    public static bool IsConfirmation(AuthenticationProperties properties) => properties.Items.ContainsKey(ConfirmedSession);

    /// <summary>Signs in; the value is the address to go to.</summary>
    public async Task<string> EnterAsync(ExternalIdentity identity, string method, string? returnUrl, HttpContext context)
    {
        var (person, problem) = await accounts.TakeAsync(identity, CallerClaims.AddressOf(context), context.RequestAborted);
        if (person is null)
        {
            return await RefuseAsync(identity.Name, problem, null, context);
        }

        await signIn.SignInWithClaimsAsync(person, authenticationProperties: null, [new Claim(ExternalSignIn.MethodClaim, method)]);
        return LocalAddress.OrHome(returnUrl);
    }

    /// <summary>Confirms the session that asked for it; the value is the address to go to.</summary>
    /// <param name="identity">Who signed in at the provider.</param>
    /// <param name="signedInAt">When, as the provider says; null where it does not.</param>
    /// <param name="properties">What was kept meanwhile.</param>
    /// <param name="context">The request.</param>
    public async Task<string> ConfirmAsync(ExternalIdentity identity, DateTimeOffset? signedInAt, AuthenticationProperties properties, HttpContext context)
    {
        var session = properties.Items[ConfirmedSession] ?? "";
        var here = CallerClaims.Read((await context.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Principal, "");
        var person = await accounts.FindAsync(identity, context.RequestAborted);
        if (person is null || here.Kind != CallerKind.Session || here.CredentialId != session || here.PersonId != person.Id)
        {
            return await RefuseAsync(identity.Name, ExternalProblem.OtherPerson, properties, context);
        }

        var askedAt = DateTimeOffset.FromUnixTimeSeconds(long.Parse(properties.Items[AskedAt] ?? "0", CultureInfo.InvariantCulture));
        if (signedInAt is not { } at || at < askedAt - ClockTolerance)
        {
            return await RefuseAsync(identity.Name, ExternalProblem.NotFresh, properties, context);
        }

        confirmations.Note(session);
        return LocalAddress.OrHome(properties.RedirectUri);
    }

    /// <summary>Writes down who was refused and why; the value is the address of the page that says it.</summary>
    /// <param name="name">As the provider showed the person; empty where it is not known.</param>
    /// <param name="problem">For the person.</param>
    /// <param name="properties">Null for a sign-in.</param>
    /// <param name="context">The request.</param>
    /// <param name="detail">For the audit.</param>
    public async Task<string> RefuseAsync(string name, ExternalProblem problem, AuthenticationProperties? properties, HttpContext context, string? detail = null)
    {
        await records.RefuseAsync(name.Length == 0 ? "(another system)" : name, detail ?? Describe(problem), context);
        return properties is not null && IsConfirmation(properties)
            ? QueryHelpers.AddQueryString(LocalAddress.OrHome(properties.RedirectUri), "notice", problem.ToNotice())
            : Links.With(Links.SignIn, ("notice", problem.ToNotice()), ("returnUrl", properties?.RedirectUri is { } back ? LocalAddress.OrHome(back) : null));
    }

    private static string Describe(ExternalProblem problem) => ExternalProblems.Describe(problem.ToNotice(), "the other system")!;
}
