using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.SignIn;

namespace WsusDashboard.Dashboard.Features.SignIn;

/// <summary>How an account comes to its password: the first admin's by the link of the console, everybody else's by an invitation.</summary>
internal sealed class Onboarding(UserManager<Person> people, SignInManager<Person> signIn, OneTimeLinks links, AccessCache cache, AuditLog audit, SecurityContext context, TimeProvider timeProvider)
{
    private const int MaximumNameLength = 100;

    private static readonly FieldError Expired = new("password", "This link has been used or has expired. Nothing was saved.");

    public async Task<bool> CanMakeFirstAdminAsync(string? code, CancellationToken cancellationToken) =>
        !cache.HasAdmin && (await links.LookAsync(LinkPurpose.FirstAdmin, code, cancellationToken)).IsValid;

    /// <summary>Makes the first admin and signs in; the values are what is wrong with the input.</summary>
    public async Task<IReadOnlyList<FieldError>> MakeFirstAdminAsync(SignInInput input, CancellationToken cancellationToken)
    {
        var name = input.Name?.Trim() ?? "";
        var person = new Person { UserName = name, DisplayName = name, CreatedAt = timeProvider.GetUtcNow().UtcDateTime };
        var errors = await CheckAsync(person, input);
        if (name.Length is 0 or > MaximumNameLength)
        {
            errors.Add(new("name", $"The name has {name.Length} characters. Allowed: 1 to {MaximumNameLength}."));
        }

        if (errors.Count > 0)
        {
            return errors;
        }

        if (cache.HasAdmin || !(await links.UseAsync(LinkPurpose.FirstAdmin, input.Link, cancellationToken)).IsValid)
        {
            return [Expired];
        }

        var made = await people.CreateAsync(person, input.Password!);
        if (!made.Succeeded)
        {
            return ToErrors(made);
        }

        context.Grants.AddRange(GrantRows.ToRows(person.Id, Access.Dashboard.Grants));
        await context.SaveChangesAsync(cancellationToken);
        await cache.ReloadAsync(cancellationToken);
        await audit.WriteAsync(name, CallerIdentity.Nobody, new() { What = "person.first-admin", Detail = name, After = GrantRows.Describe(Access.Dashboard.Grants), Outcome = "done" });
        await signIn.SignInAsync(person, isPersistent: true, "link");
        return [];
    }

    /// <summary>The name of who is invited; null where the link does not work.</summary>
    public async Task<string?> FindInvitedAsync(string? code, CancellationToken cancellationToken)
    {
        var (isValid, personId) = await links.LookAsync(LinkPurpose.Invitation, code, cancellationToken);
        return isValid && await people.FindByIdAsync(personId ?? "") is { IsDisabled: false } person ? person.DisplayName : null;
    }

    public async Task<IReadOnlyList<FieldError>> AcceptAsync(SignInInput input, CancellationToken cancellationToken)
    {
        var (isValid, personId) = await links.LookAsync(LinkPurpose.Invitation, input.Link, cancellationToken);
        if (!isValid || await people.FindByIdAsync(personId ?? "") is not { IsDisabled: false } person)
        {
            return [Expired];
        }

        var errors = await CheckAsync(person, input);
        if (errors.Count > 0)
        {
            return errors;
        }

        if (!(await links.UseAsync(LinkPurpose.Invitation, input.Link, cancellationToken)).IsValid)
        {
            return [Expired];
        }

        await people.RemovePasswordAsync(person);
        var set = await people.AddPasswordAsync(person, input.Password!);
        if (!set.Succeeded)
        {
            return ToErrors(set);
        }

        await people.SetLockoutEndDateAsync(person, null);
        await audit.WriteAsync(person.DisplayName, CallerIdentity.Nobody with { PersonId = person.Id }, new() { What = "person.invitation", Detail = person.DisplayName, Outcome = "accepted" });
        await context.Sessions.Where(session => session.PersonId == person.Id).ExecuteDeleteAsync(cancellationToken);
        return await SignInAsync(person);
    }

    private async Task<IReadOnlyList<FieldError>> SignInAsync(Person person)
    {
        // A second factor stays asked for: an invitation that was sent again must not go round it.
        if (await people.GetTwoFactorEnabledAsync(person))
        {
            return [new("password", "Your password is set. Sign in with it and your code.")];
        }

        await signIn.SignInAsync(person, isPersistent: true, "link");
        return [];
    }

    private async Task<List<FieldError>> CheckAsync(Person person, SignInInput input)
    {
        var errors = new List<FieldError>();
        foreach (var validator in people.PasswordValidators)
        {
            errors.AddRange(ToErrors(await validator.ValidateAsync(people, person, input.Password ?? "")));
        }

        if (input.Password != input.Repeat)
        {
            errors.Add(new("repeat", "The passwords don't match."));
        }

        return errors;
    }

    private static List<FieldError> ToErrors(IdentityResult result) =>
        [.. result.Errors.Select(error => new FieldError(error.Code.Contains("UserName", StringComparison.Ordinal) ? "name" : "password", error.Description))];
}
