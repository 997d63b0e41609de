using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Who another system says that a person is. The pair of issuer and subject is the person; name and groups may change.</summary>
/// <param name="Issuer">The provider as its tokens name it; "windows" for Windows.</param>
/// <param name="Subject">The provider's unchanging id of the person; a SID for Windows.</param>
/// <param name="Provider">For people.</param>
/// <param name="Name">As the provider shows the person; never decides who it is.</param>
/// <param name="Groups">As the provider names them.</param>
internal sealed record ExternalIdentity(string Issuer, string Subject, string Provider, string Name, IReadOnlyCollection<string> Groups);

/// <summary>
/// The accounts of people that another system vouches for. An account belongs to (issuer, subject), never to an e-mail address or a name; one that was made
/// here is never taken over. Roles are those of the groups, read again at each sign-in: they cannot be changed by hand.
/// </summary>
internal sealed class ExternalAccounts(SecurityContext context, UserManager<Person> people, GroupRoles roles, AccessCache cache, AuditLog audit, TimeProvider timeProvider)
{
    private const int MaximumNameLength = 80;
    private const int MaximumKeyLength = 255;

    /// <summary>The account with the roles of now; where there is a problem, nobody comes in, and roles of before are gone.</summary>
    public async Task<(Person? Person, ExternalProblem Problem)> TakeAsync(ExternalIdentity identity, string from, CancellationToken cancellationToken)
    {
        if (identity.Subject.Length is 0 or > MaximumKeyLength || identity.Issuer.Length > MaximumKeyLength)
        {
            return (null, ExternalProblem.NotProven);
        }

        var person = await FindAsync(identity, cancellationToken);
        var grants = roles.For(identity.Groups);
        if (person is null && grants.Count > 0)
        {
            person = await MakeAsync(identity, cancellationToken);
        }

        if (person is null)
        {
            return (null, ExternalProblem.NoRole);
        }

        await SetGrantsAsync(person, grants, identity.Provider, from, cancellationToken);
        return person.IsDisabled ? (null, ExternalProblem.Disabled) : grants.Count == 0 ? (null, ExternalProblem.NoRole) : (person, ExternalProblem.None);
    }

    /// <summary>The account, where there is one.</summary>
    public async Task<Person?> FindAsync(ExternalIdentity identity, CancellationToken cancellationToken) =>
        await context.UserLogins.AsNoTracking().FirstOrDefaultAsync(login => login.LoginProvider == identity.Issuer && login.ProviderKey == identity.Subject, cancellationToken) is { } login
            ? await context.Users.FirstOrDefaultAsync(person => person.Id == login.UserId, cancellationToken)
            : null;

    private async Task<Person?> MakeAsync(ExternalIdentity identity, CancellationToken cancellationToken)
    {
        // Nobody signs in by this name: it only has to differ from all others.
        var userName = "external-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{identity.Issuer}\n{identity.Subject}")))[..24];
        var person = new Person
        {
            UserName = userName,
            NormalizedUserName = people.NormalizeName(userName),
            DisplayName = await FreeNameAsync(identity, cancellationToken),
            IsExternal = true,
            CreatedAt = timeProvider.GetUtcNow().UtcDateTime,
            SecurityStamp = RandomNumberGenerator.GetHexString(32),
        };
        context.Users.Add(person);
        context.UserLogins.Add(new() { LoginProvider = identity.Issuer, ProviderKey = identity.Subject, ProviderDisplayName = identity.Provider, UserId = person.Id });
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // The same person came in by two browsers at once: the other one made the account.
            context.ChangeTracker.Clear();
            return await FindAsync(identity, cancellationToken);
        }

        return person;
    }

    /// <summary>A name that nobody has here: who may choose a name at the provider must not look like somebody else in the audit.</summary>
    private async Task<string> FreeNameAsync(ExternalIdentity identity, CancellationToken cancellationToken)
    {
        var name = Plain(identity.Name);
        name = name.Length == 0 ? identity.Subject : name;
        name = $"{(name.Length > MaximumNameLength ? name[..MaximumNameLength] : name)} ({identity.Provider})";
        for (var attempt = 1; ; attempt++)
        {
            var wanted = attempt == 1 ? name : $"{name} {attempt}";
            if (!await context.Users.AnyAsync(person => person.DisplayName == wanted, cancellationToken))
            {
                return wanted;
            }
        }
    }

    /// <summary>Without what nobody sees: signs without width and of direction, and other forms of the same letters.</summary>
    private static string Plain(string name)
    {
        var kept = string.Concat(name.EnumerateRunes().Where(PlainText.IsVisible)).Normalize(NormalizationForm.FormKC);
        return string.Join(' ', kept.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task SetGrantsAsync(Person person, IReadOnlyList<Grant> grants, string provider, string from, CancellationToken cancellationToken)
    {
        var known = await context.Grants.Where(grant => grant.PersonId == person.Id).ToListAsync(cancellationToken);
        var wanted = GrantRows.ToRows(person.Id, grants);
        var before = GrantRows.Describe(GrantRows.ToGrants(known));
        var after = GrantRows.Describe(GrantRows.ToGrants(wanted));
        if (before == after)
        {
            return;
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.Grants.Where(grant => grant.PersonId == person.Id).ExecuteDeleteAsync(cancellationToken);
        context.ChangeTracker.Clear();
        context.Grants.AddRange(wanted);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        context.ChangeTracker.Clear();
        await cache.ReloadAsync(cancellationToken);
        await audit.WriteAsync(person.DisplayName, CallerIdentity.Nobody with { PersonId = person.Id, From = from }, new() { What = "person.roles", Detail = $"{person.DisplayName}, by groups of {provider}", Before = before, After = after, Outcome = "done" });
    }
}
