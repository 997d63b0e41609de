using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Identity's store, with the secrets of the authenticator app and the recovery codes encrypted: the base keeps them as plain text.</summary>
internal sealed class PersonStore(SecurityContext context, IDataProtectionProvider protection) : UserOnlyStore<Person, SecurityContext>(context)
{
    private readonly IDataProtector _protector = protection.CreateProtector("WsusDashboard.PersonSecrets");

    public override Task SetTokenAsync(Person user, string loginProvider, string name, string? value, CancellationToken cancellationToken) =>
        base.SetTokenAsync(user, loginProvider, name, value is null ? null : _protector.Protect(value), cancellationToken);

    public override async Task<string?> GetTokenAsync(Person user, string loginProvider, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await base.GetTokenAsync(user, loginProvider, name, cancellationToken) is { } text ? _protector.Unprotect(text) : null;
        }
        catch (CryptographicException)
        {
            // Written with another key file: as good as none, so that an admin can set the account up again.
            return null;
        }
    }
}
