using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;

namespace WsusDashboard.Dashboard.Features.Account;

/// <summary>All that the page of one's own account shows.</summary>
public sealed record AccountView
{
    public required string Name { get; init; }
    public bool HasPassword { get; init; }
    public bool IsExternal { get; init; }
    public bool HasAuthenticator { get; init; }
    public int RecoveryCodesLeft { get; init; }
    public IReadOnlyList<Grant> Grants { get; init; } = [];
    public IReadOnlyList<PasskeyRow> Passkeys { get; init; } = [];
    public IReadOnlyList<SessionRow> Sessions { get; init; } = [];
    public IReadOnlyList<TokenRow> Tokens { get; init; } = [];
}

/// <summary>A passkey. The id is Base64.</summary>
public sealed record PasskeyRow(string Id, string Name, DateTimeOffset CreatedAt);

/// <summary>A browser that is signed in.</summary>
public sealed record SessionRow(string Id, string Browser, string From, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, bool IsThis);

/// <summary>An API token, without its secret.</summary>
public sealed record TokenRow(string Id, string Name, Grant Ceiling, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, bool IsExpired);

/// <summary>One's own account. Failures: Forbidden, Invalid, NotFound.</summary>
internal sealed class AccountService(IServiceScopeFactory scopes, AccessCache cache, AuditTrail audit, TimeProvider timeProvider)
{
    public const int MaximumTokens = 50;
    public const int MaximumTokenDays = 365;
    public const int MaximumTokenNameLength = 50;
    private const int RecoveryCodes = 10;

    private Caller Caller => audit.Caller;

    /// <summary>Null where nobody is signed in.</summary>
    public async Task<AccountView?> GetAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider);
        if (!found.IsSuccess)
        {
            return null;
        }

        var person = found.Value;
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        var context = scope.ServiceProvider.GetRequiredService<SecurityContext>();
        var sessions = await context.Sessions.AsNoTracking().Where(session => session.PersonId == person.Id).OrderByDescending(session => session.LastSeenAt).Take(100).ToListAsync(cancellationToken);
        var tokens = await context.ApiTokens.AsNoTracking().Where(token => token.PersonId == person.Id).OrderBy(token => token.Name).ToListAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        return new()
        {
            Name = person.DisplayName,
            HasPassword = person.PasswordHash is not null,
            IsExternal = person.IsExternal,
            HasAuthenticator = person.TwoFactorEnabled,
            RecoveryCodesLeft = person.TwoFactorEnabled ? await people.CountRecoveryCodesAsync(person) : 0,
            Grants = Caller.Access.Grants,
            Passkeys = [.. (await people.GetPasskeysAsync(person)).Select(passkey => new PasskeyRow(Convert.ToBase64String(passkey.CredentialId), passkey.Name ?? "Passkey", passkey.CreatedAt))],
            Sessions = [.. sessions.Select(session => new SessionRow(session.Id, session.Browser, session.From, session.CreatedAt.ToOffset(), session.LastSeenAt.ToOffset(), session.Id == Caller.Identity.CredentialId))],
            Tokens = [.. tokens.Select(token => new TokenRow(token.Id, token.Name, new(token.Role, GrantRows.ToScope(token.Sites)), token.CreatedAt.ToOffset(), token.ExpiresAt.ToOffset(), token.ExpiresAt.ToOffset() <= now))],
        };
    }

    /// <summary>The other browsers of this person are signed out.</summary>
    public async Task<Outcome<Done>> ChangePasswordAsync(string current, string next, string repeat, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        if (found.Value.IsExternal)
        {
            return new Conflict("You sign in through another system, so you have no password to change here.");
        }

        if (next != repeat)
        {
            return Invalid.Of("repeat", "The passwords don't match.");
        }

        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        if (found.Value.PasswordHash is not null && !await IsPasswordAsync(people, found.Value, current))
        {
            return Invalid.Of("current", "That's not your current password. After five wrong passwords, an account is locked for ten minutes.");
        }

        foreach (var validator in people.PasswordValidators)
        {
            var valid = await validator.ValidateAsync(people, found.Value, next);
            if (!valid.Succeeded)
            {
                return Invalid.Of("next", string.Join(" ", valid.Errors.Select(error => error.Description)));
            }
        }

        await people.RemovePasswordAsync(found.Value);
        await people.AddPasswordAsync(found.Value, next);
        await WriteAsync("account.password", "", "changed");
        await scope.ServiceProvider.GetRequiredService<Sessions>().EndAllAsync(found.Value.Id, Caller.Identity.CredentialId);
        return Done.Instance;
    }

    /// <summary>A new secret for an authenticator app; it counts once a code of it was entered. The value is what the app reads (otpauth://).</summary>
    public async Task<Outcome<string>> BeginAuthenticatorAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        if (found.Value.TwoFactorEnabled)
        {
            return new Conflict("You already have an authenticator app. Remove it first.");
        }

        await people.ResetAuthenticatorKeyAsync(found.Value);
        var key = await people.GetAuthenticatorKeyAsync(found.Value);
        return $"otpauth://totp/{Uri.EscapeDataString($"WsusDashboard:{found.Value.DisplayName}")}?secret={key}&issuer=WsusDashboard&digits=6";
    }

    /// <summary>Turns it on. The values are the recovery codes, shown once.</summary>
    public async Task<Outcome<IReadOnlyList<string>>> EnableAuthenticatorAsync(string code, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        var digits = code.Replace(" ", "", StringComparison.Ordinal);
        if (!await people.VerifyTwoFactorTokenAsync(found.Value, people.Options.Tokens.AuthenticatorTokenProvider, digits))
        {
            return Invalid.Of("code", "That's not the code your app shows now. Check the time on your device, then enter the current code.");
        }

        await people.SetTwoFactorEnabledAsync(found.Value, true);
        List<string> codes = [.. await people.GenerateNewTwoFactorRecoveryCodesAsync(found.Value, RecoveryCodes) ?? []];
        await WriteAsync("account.authenticator", "off", "on");
        return codes;
    }

    public async Task<Outcome<Done>> RemoveAuthenticatorAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        await people.SetTwoFactorEnabledAsync(found.Value, false);
        await people.ResetAuthenticatorKeyAsync(found.Value);
        await WriteAsync("account.authenticator", "on", "off");
        return Done.Instance;
    }

    public async Task<Outcome<Done>> RemovePasskeyAsync(string id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        if ((await people.GetPasskeysAsync(found.Value)).FirstOrDefault(passkey => Convert.ToBase64String(passkey.CredentialId) == id) is not { } passkey)
        {
            return new NotFound("This passkey has already been removed.");
        }

        await people.RemovePasskeyAsync(found.Value, passkey.CredentialId);
        await WriteAsync("account.passkey", "a passkey", "removed");
        return Done.Instance;
    }

    public async Task<Outcome<Done>> EndSessionAsync(string id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        var context = scope.ServiceProvider.GetRequiredService<SecurityContext>();
        if (!await context.Sessions.AnyAsync(session => session.Id == id && session.PersonId == found.Value.Id, cancellationToken))
        {
            return new NotFound("This session has already ended.");
        }

        await WriteAsync("account.session", "a session", "ended");
        await scope.ServiceProvider.GetRequiredService<Sessions>().EndAsync(id);
        return Done.Instance;
    }

    /// <summary>The value is the token: shown once, never again.</summary>
    public async Task<Outcome<string>> MakeTokenAsync(string? name, Grant ceiling, int days, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        var context = scope.ServiceProvider.GetRequiredService<SecurityContext>();
        var wanted = name?.Trim() ?? "";
        var errors = new List<FieldError>();
        if (wanted.Length is 0 or > MaximumTokenNameLength)
        {
            errors.Add(new("name", $"The name has {wanted.Length} characters. Allowed: 1 to {MaximumTokenNameLength}."));
        }

        if (days is < 1 or > MaximumTokenDays)
        {
            errors.Add(new("days", $"A token can't be valid for {days} days. Allowed: 1 to {MaximumTokenDays}."));
        }

        if (ceiling.Scope.IsNothing)
        {
            errors.Add(new("sites", "A token needs the whole fleet, or at least one site."));
        }

        if (await context.ApiTokens.CountAsync(token => token.PersonId == found.Value.Id, cancellationToken) >= MaximumTokens)
        {
            errors.Add(new("name", $"You already have {MaximumTokens} tokens, which is the maximum. Revoke one first."));
        }

        if (errors.Count > 0)
        {
            return Invalid.Of(errors);
        }

        var (text, id, hash) = ApiTokenText.Make();
        var now = timeProvider.GetUtcNow().UtcDateTime;
        context.ApiTokens.Add(new() { Id = id, PersonId = found.Value.Id, Name = wanted, Hash = hash, Role = ceiling.Role, Sites = GrantRows.ToSites(ceiling.Scope), CreatedAt = now, ExpiresAt = now.AddDays(days) });
        await context.SaveChangesAsync(cancellationToken);
        await cache.ReloadAsync(cancellationToken);
        await WriteAsync("token.make", "", $"{wanted}: {GrantRows.Describe([ceiling])}, {days} days");
        return text;
    }

    public async Task<Outcome<Done>> RevokeTokenAsync(string id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        var context = scope.ServiceProvider.GetRequiredService<SecurityContext>();
        if (await context.ApiTokens.AsNoTracking().FirstOrDefaultAsync(token => token.Id == id && token.PersonId == found.Value.Id, cancellationToken) is not { } token)
        {
            return new NotFound("This token no longer exists.");
        }

        await context.ApiTokens.Where(known => known.Id == id).ExecuteDeleteAsync(cancellationToken);
        await cache.ReloadAsync(cancellationToken);
        await WriteAsync("token.revoke", token.Name, "revoked");
        return Done.Instance;
    }

    /// <summary>Wrong passwords count as those of the sign-in do.</summary>
    internal static async Task<bool> IsPasswordAsync(UserManager<Person> people, Person person, string password)
    {
        if (await people.IsLockedOutAsync(person) || password.Length > PasswordRules.MaximumLength)
        {
            return false;
        }

        if (await people.CheckPasswordAsync(person, password))
        {
            await people.ResetAccessFailedCountAsync(person);
            return true;
        }

        await people.AccessFailedAsync(person);
        return false;
    }

    private async Task<Outcome<Person>> FindAsync(IServiceProvider services) =>
        Caller.Refusal(Permission.OwnAccount) is { } refusal ? refusal
        : await services.GetRequiredService<UserManager<Person>>().FindByIdAsync(Caller.Identity.PersonId) is { } person ? person
        : new NotFound("This account no longer exists.");

    private Task WriteAsync(string what, string before, string after) =>
        audit.WriteAsync(new() { What = what, Detail = Caller.Name, Before = before, After = after, Outcome = "done" });
}
