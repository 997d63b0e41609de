using Microsoft.AspNetCore.Identity;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;

namespace WsusDashboard.Dashboard.Features.SignIn;

/// <summary>For the program that hosts the dashboard in its own process: whoever has its services has the dashboard anyway.</summary>
public static class OwnAccess
{
    private static readonly TimeSpan FirstAdminLifetime = TimeSpan.FromHours(1);

    /// <summary>A link (without host) that signs an admin with this name in at once; it works once, and on this computer only. The person is made where there is none.</summary>
    public static async Task<string> MakeSignInLinkAsync(IServiceProvider services, string name, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateOwnScope();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        var cache = scope.ServiceProvider.GetRequiredService<AccessCache>();
        await cache.LoadAsync(cancellationToken);
        var person = await people.FindByNameAsync(name);
        if (person is null)
        {
            person = new Person { UserName = name, DisplayName = name, CreatedAt = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime };
            var made = await people.CreateAsync(person);
            if (!made.Succeeded)
            {
                throw new InvalidOperationException(string.Join(" ", made.Errors.Select(error => error.Description)));
            }

            var context = scope.ServiceProvider.GetRequiredService<SecurityContext>();
            context.Grants.AddRange(GrantRows.ToRows(person.Id, Access.Dashboard.Grants));
            await context.SaveChangesAsync(cancellationToken);
            await cache.ReloadAsync(cancellationToken);
        }

        var code = await services.GetRequiredService<OneTimeLinks>().MakeAsync(LinkPurpose.SignIn, person.Id, lifetime, cancellationToken);
        return Links.With(Links.SignInLink, ("code", code));
    }

    /// <summary>Gives somebody this password in place of any other; who is signed in stays so. The person has to be there.</summary>
    public static async Task SetPasswordAsync(IServiceProvider services, string name, string password)
    {
        await using var scope = services.CreateOwnScope();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        var person = await people.FindByNameAsync(name) ?? throw new InvalidOperationException($"There is no person {name}.");
        person.PasswordHash = people.PasswordHasher.HashPassword(person, password);
        var saved = await people.UpdateAsync(person);
        if (!saved.Succeeded)
        {
            throw new InvalidOperationException(string.Join(" ", saved.Errors.Select(error => error.Description)));
        }
    }

    /// <summary>Whether every entry of the audit is as it was written, and a sentence that names the first that is not. The dashboard need not be started.</summary>
    public static async Task<(bool IsIntact, string Sentence)> VerifyAuditAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var verdict = await services.GetRequiredService<AuditVerification>().VerifyAsync(cancellationToken);
        return (verdict.IsIntact, verdict.Sentence);
    }

    /// <summary>A link (without host) that makes the first admin; null where there is one already.</summary>
    public static async Task<string?> MakeFirstAdminLinkAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var cache = services.GetRequiredService<AccessCache>();
        await cache.LoadAsync(cancellationToken);
        return cache.HasAdmin
            ? null
            : Links.With(Links.FirstAdmin, ("code", await services.GetRequiredService<OneTimeLinks>().MakeAsync(LinkPurpose.FirstAdmin, null, FirstAdminLifetime, cancellationToken)));
    }
}
