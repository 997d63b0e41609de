using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Identity's sign-in; every way through it ends here, begins a session and is written to the audit.</summary>
internal sealed class PersonSignIn(
    UserManager<Person> people,
    IHttpContextAccessor accessor,
    IUserClaimsPrincipalFactory<Person> principals,
    IOptions<IdentityOptions> options,
    ILogger<SignInManager<Person>> logger,
    IAuthenticationSchemeProvider schemes,
    SignInRecords records)
    : SignInManager<Person>(people, accessor, principals, options, logger, schemes, new DefaultUserConfirmation<Person>())
{
    // Whoever another system vouches for comes in through it alone: a passkey confirms, but is no way around the provider.
    public override async Task<bool> CanSignInAsync(Person user) => !user.IsDisabled && !user.IsExternal && await base.CanSignInAsync(user);

    public override async Task SignInWithClaimsAsync(Person user, AuthenticationProperties? authenticationProperties, IEnumerable<Claim> additionalClaims)
    {
        var claims = additionalClaims.ToList();
        var method = claims.FirstOrDefault(claim => claim.Type == ClaimTypes.AuthenticationMethod || claim.Type == "amr")?.Value ?? "password";
        var session = await records.BeginAsync(user, method, Context);
        await base.SignInWithClaimsAsync(user, new AuthenticationProperties { IsPersistent = true }, [.. claims, new Claim(CallerClaims.Session, session)]);
    }
}

/// <summary>What a sign-in leaves behind: a session and an entry of the audit.</summary>
internal sealed class SignInRecords(Sessions sessions, AuditLog audit)
{
    public async Task<string> BeginAsync(Person person, string method, HttpContext context)
    {
        var session = await sessions.BeginAsync(person.Id, method, context);
        await audit.WriteAsync(person.DisplayName, new(CallerKind.Session, person.Id, session, CallerClaims.AddressOf(context)), new() { What = "person.sign-in", Detail = $"by {method}", Outcome = "done" });
        return session;
    }

    /// <param name="typed">The name as it was typed.</param>
    /// <param name="why">For admins: the page says less.</param>
    /// <param name="context">The request.</param>
    public Task RefuseAsync(string typed, string why, HttpContext context) =>
        audit.WriteAsync(typed, CallerIdentity.Nobody with { From = CallerClaims.AddressOf(context) }, new() { What = "person.sign-in", Outcome = $"refused: {why}" });
}
