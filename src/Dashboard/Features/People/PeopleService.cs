using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;

namespace WsusDashboard.Dashboard.Features.People;

/// <summary>A person as the page of people lists it.</summary>
public sealed record PersonRow
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public bool IsDisabled { get; init; }
    public bool IsExternal { get; init; }

    /// <summary>True until a password or another way to sign in was set.</summary>
    public bool IsInvited { get; init; }

    public bool IsLocked { get; init; }
    public bool HasSecondFactor { get; init; }
    public DateTimeOffset? LastSignInAt { get; init; }
    public int Sessions { get; init; }
    public IReadOnlyList<Grant> Grants { get; init; } = [];
}

/// <summary>Invites people, gives and takes roles. Failures: Forbidden, NotFound, Invalid, Conflict (the last admin).</summary>
internal sealed class PeopleService(IServiceScopeFactory scopes, AccessCache cache, AuditTrail audit, DashboardOptions options, TimeProvider timeProvider)
{
    public const int PageSize = 50;
    public const int MaximumNameLength = 100;
    private const int MaximumSites = 500;

    public async Task<Outcome<Paged<PersonRow>>> ListAsync(string? search, int page, CancellationToken cancellationToken)
    {
        if (audit.Caller.Refusal(Permission.ManagePeople) is { } refusal)
        {
            return refusal;
        }

        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<SecurityContext>();
        var wanted = context.Users.AsNoTracking();
        foreach (var word in (search ?? "").ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            wanted = Named(wanted, word);
        }

        var total = await wanted.CountAsync(cancellationToken);
        var shown = Math.Clamp(page, 1, Math.Max(1, (total + PageSize - 1) / PageSize));
        var people = await wanted.OrderBy(person => person.NormalizedUserName).Skip((shown - 1) * PageSize).Take(PageSize)
            .Select(person => new
            {
                Person = person,
                Sessions = context.Sessions.Count(session => session.PersonId == person.Id),
                Passkeys = context.UserPasskeys.Count(passkey => passkey.UserId == person.Id),
                Grants = context.Grants.Where(grant => grant.PersonId == person.Id).ToList(),
            })
            .ToListAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        return new Paged<PersonRow>(
            [.. people.Select(entry => new PersonRow
            {
                Id = entry.Person.Id,
                Name = entry.Person.DisplayName,
                IsDisabled = entry.Person.IsDisabled,
                IsExternal = entry.Person.IsExternal,
                IsInvited = !entry.Person.IsExternal && entry.Person.PasswordHash is null && entry.Passkeys == 0 && entry.Person.LastSignInAt is null,
                IsLocked = entry.Person.LockoutEnd > now,
                HasSecondFactor = entry.Person.TwoFactorEnabled || entry.Passkeys > 0,
                LastSignInAt = entry.Person.LastSignInAt.ToOffset(),
                Sessions = entry.Sessions,
                Grants = GrantRows.ToGrants(entry.Grants),
            })],
            total,
            shown,
            PageSize);
    }

    /// <summary>Makes an account without a password. The value is the path of a link that works once: whoever has it chooses the password.</summary>
    public async Task<Outcome<string>> InviteAsync(string? name, IReadOnlyList<Grant> grants, CancellationToken cancellationToken)
    {
        if (audit.Caller.Refusal(Permission.ManagePeople) is { } refusal)
        {
            return refusal;
        }

        var wanted = name?.Trim() ?? "";
        if (wanted.Length is 0 or > MaximumNameLength)
        {
            return Invalid.Of("name", $"The name has {wanted.Length} characters. Allowed: 1 to {MaximumNameLength}.");
        }

        if (Check(grants) is { } invalid)
        {
            return invalid;
        }

        await using var scope = scopes.CreateAsyncScope();
        var person = new Person { UserName = wanted, DisplayName = wanted, CreatedAt = timeProvider.GetUtcNow().UtcDateTime };
        var made = await scope.ServiceProvider.GetRequiredService<UserManager<Person>>().CreateAsync(person);
        if (!made.Succeeded)
        {
            return Invalid.Of("name", string.Join(" ", made.Errors.Select(error => error.Description)));
        }

        await SaveGrantsAsync(scope.ServiceProvider, person.Id, grants, cancellationToken);
        await WriteAsync("person.invite", person, "", GrantRows.Describe(grants), "done");
        return await MakeLinkAsync(scope.ServiceProvider, person.Id, cancellationToken);
    }

    /// <summary>A new link to choose a password, for somebody who lost it or the link before. The old password stays until the link is used.</summary>
    public async Task<Outcome<string>> InviteAgainAsync(string personId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider, personId);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        if (found.Value.IsExternal)
        {
            return new Conflict($"{found.Value.DisplayName} signs in through another system and has no password here. Nothing was changed.");
        }

        await WriteAsync("person.invite-again", found.Value, "", "", "done");
        return await MakeLinkAsync(scope.ServiceProvider, personId, cancellationToken);
    }

    public async Task<Outcome<Done>> SetGrantsAsync(string personId, IReadOnlyList<Grant> grants, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider, personId);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        if (found.Value.IsExternal)
        {
            return new Conflict($"Roles for {found.Value.DisplayName} come from groups in another system, read at each sign-in. Nothing was changed. Change the groups there, edit Dashboard:SignIn:GroupRoles, or disable the account.");
        }

        if (Check(grants) is { } invalid)
        {
            return invalid;
        }

        if (!IsFleetAdmin(grants) && await IsLastAdminAsync(scope.ServiceProvider, personId, cancellationToken))
        {
            return LastAdmin(found.Value);
        }

        var context = scope.ServiceProvider.GetRequiredService<SecurityContext>();
        var before = GrantRows.ToGrants(await context.Grants.AsNoTracking().Where(grant => grant.PersonId == personId).ToListAsync(cancellationToken));
        await SaveGrantsAsync(scope.ServiceProvider, personId, grants, cancellationToken);
        await WriteAsync("person.roles", found.Value, GrantRows.Describe(before), GrantRows.Describe(grants), "done");
        return Done.Instance;
    }

    /// <summary>A disabled account is signed out everywhere at once; its tokens open nothing.</summary>
    public async Task<Outcome<Done>> SetDisabledAsync(string personId, bool isDisabled, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider, personId);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        if (isDisabled && await IsLastAdminAsync(scope.ServiceProvider, personId, cancellationToken))
        {
            return LastAdmin(found.Value);
        }

        var context = scope.ServiceProvider.GetRequiredService<SecurityContext>();
        await context.Users.Where(person => person.Id == personId).ExecuteUpdateAsync(update => update.SetProperty(person => person.IsDisabled, isDisabled), cancellationToken);
        if (isDisabled)
        {
            await context.Sessions.Where(session => session.PersonId == personId).ExecuteDeleteAsync(cancellationToken);
            await context.OneTimeLinks.Where(link => link.PersonId == personId).ExecuteDeleteAsync(cancellationToken);
        }

        await WriteAsync(isDisabled ? "person.disable" : "person.enable", found.Value, isDisabled ? "enabled" : "disabled", isDisabled ? "disabled" : "enabled", "done");
        await cache.ReloadAsync(cancellationToken);
        return Done.Instance;
    }

    public async Task<Outcome<Done>> SignOutEverywhereAsync(string personId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await FindAsync(scope.ServiceProvider, personId);
        if (!found.IsSuccess)
        {
            return found.Failure;
        }

        await WriteAsync("person.sign-out-everywhere", found.Value, "", "", "done");
        await scope.ServiceProvider.GetRequiredService<Sessions>().EndAllAsync(personId, exceptId: null);
        return Done.Instance;
    }

    // Accounts of another system have a name that nobody types; theirs is the one that is shown.
    [SuppressMessage("Globalization", "CA1304:Specify CultureInfo", Justification = "Translated to SQL.")]
    [SuppressMessage("Globalization", "CA1311:Specify a culture or use an invariant version", Justification = "Translated to SQL.")]
    [SuppressMessage("Performance", "CA1862:Use the 'StringComparison' method overloads to perform case-insensitive string comparisons", Justification = "Translated to SQL.")]
    private static IQueryable<Person> Named(IQueryable<Person> people, string word) => people.Where(person => person.NormalizedUserName!.Contains(word) || person.DisplayName.ToUpper().Contains(word));

    private static bool IsFleetAdmin(IReadOnlyList<Grant> grants) => grants.Any(grant => grant is { Role: Role.Admin, Scope.IsWholeFleet: true });

    private static Conflict LastAdmin(Person person) => new($"{person.DisplayName} is the last admin for the whole fleet, and without one nobody could assign roles. Nothing was changed. Make someone else an admin first.");

    private static Invalid? Check(IReadOnlyList<Grant> grants) =>
        grants.Any(grant => !Enum.IsDefined(grant.Role)) ? Invalid.Of("role", $"This role doesn't exist. Allowed: {string.Join(", ", Enum.GetNames<Role>())}.")
        : grants.Any(grant => grant.Scope.IsNothing) ? Invalid.Of("sites", "A role needs the whole fleet, or at least one site.")
        : grants.Sum(grant => grant.Scope.Sites.Count) > MaximumSites ? Invalid.Of("sites", $"Too many sites. Allowed: at most {MaximumSites}.")
        : null;

    private static async Task<bool> IsLastAdminAsync(IServiceProvider services, string personId, CancellationToken cancellationToken)
    {
        var context = services.GetRequiredService<SecurityContext>();
        var admins = await context.Grants.AsNoTracking()
            .Where(grant => grant.Role == Role.Admin && grant.Site == null && context.Users.Any(person => person.Id == grant.PersonId && !person.IsDisabled))
            .Select(grant => grant.PersonId)
            .ToListAsync(cancellationToken);
        return admins.Contains(personId) && admins.Distinct().Count() == 1;
    }

    private async Task SaveGrantsAsync(IServiceProvider services, string personId, IReadOnlyList<Grant> grants, CancellationToken cancellationToken)
    {
        var context = services.GetRequiredService<SecurityContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.Grants.Where(grant => grant.PersonId == personId).ExecuteDeleteAsync(cancellationToken);
        context.Grants.AddRange(GrantRows.ToRows(personId, grants));
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await cache.ReloadAsync(cancellationToken);
    }

    private async Task<Outcome<Person>> FindAsync(IServiceProvider services, string personId) =>
        audit.Caller.Refusal(Permission.ManagePeople) is { } refusal ? refusal
        : await services.GetRequiredService<UserManager<Person>>().FindByIdAsync(personId) is { } person ? person
        : new NotFound("This account no longer exists.");

    private async Task<string> MakeLinkAsync(IServiceProvider services, string personId, CancellationToken cancellationToken) =>
        Links.With(Links.Invitation, ("code", await services.GetRequiredService<OneTimeLinks>().MakeAsync(LinkPurpose.Invitation, personId, TimeSpan.FromHours(options.SignIn.InvitationHours), cancellationToken)));

    private Task WriteAsync(string what, Person person, string before, string after, string outcome) =>
        audit.WriteAsync(new() { What = what, Detail = person.DisplayName, Before = before, After = after, Outcome = outcome });
}
