using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;

namespace WsusDashboard.Dashboard.Features.Account;

/// <summary>How the person at a session can prove again who it is.</summary>
/// <param name="IsConfirmed">True where that was done a moment ago.</param>
/// <param name="HasPassword">By a password of WsusDashboard.</param>
/// <param name="HasPasskey">By a passkey.</param>
/// <param name="Provider">By signing in again at the provider of this name; null where the session did not begin there.</param>
public sealed record ConfirmationWays(bool IsConfirmed, bool HasPassword, bool HasPasskey, string? Provider)
{
    public bool HasNone => !HasPassword && !HasPasskey && Provider is null;
}

/// <summary>Proves again who sits at a session, before an action on several servers. Failures: Forbidden, NotFound, Invalid.</summary>
internal sealed class ConfirmationService(IServiceScopeFactory scopes, Confirmations confirmations, AuditTrail audit, DashboardOptions options)
{
    public async Task<ConfirmationWays> GetAsync(CancellationToken cancellationToken)
    {
        var identity = audit.Caller.Identity;
        await using var scope = scopes.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        if (identity.Kind != CallerKind.Session || await people.FindByIdAsync(identity.PersonId) is not { } person)
        {
            return new(identity.Kind == CallerKind.Dashboard, HasPassword: false, HasPasskey: false, null);
        }

        var method = await scope.ServiceProvider.GetRequiredService<SecurityContext>().Sessions.Where(session => session.Id == identity.CredentialId).Select(session => session.Method).FirstOrDefaultAsync(cancellationToken);
        return new(
            confirmations.IsConfirmed(identity.CredentialId),
            person.PasswordHash is not null,
            (await people.GetPasskeysAsync(person)).Count > 0,
            method == ExternalSignIn.OidcMethod && options.Oidc.Authority.Length > 0 ? options.Oidc.Name : null);
    }

    public async Task<Outcome<Done>> ConfirmAsync(string password, CancellationToken cancellationToken)
    {
        if (audit.Caller.Refusal(Permission.OwnAccount) is { } refusal)
        {
            return refusal;
        }

        cancellationToken.ThrowIfCancellationRequested();
        await using var scope = scopes.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        if (await people.FindByIdAsync(audit.Caller.Identity.PersonId) is not { PasswordHash: not null } person)
        {
            return new NotFound("This account has no password here.");
        }

        if (!await AccountService.IsPasswordAsync(people, person, password))
        {
            await audit.WriteAsync(new() { What = "person.confirm", Detail = audit.Caller.Name, Outcome = "refused: the password is wrong, or the account is locked" });
            return Invalid.Of("password", "That's not your password. After five wrong passwords, an account is locked for ten minutes.");
        }

        confirmations.Note(audit.Caller.Identity.CredentialId);
        return Done.Instance;
    }
}
