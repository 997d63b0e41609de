using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Accounts;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Links that work once and expire. Only hashes of their codes are kept.</summary>
internal sealed class OneTimeLinks(IDbContextFactory<SecurityContext> contexts, DashboardOptions options, TimeProvider timeProvider)
{
    private static readonly TimeSpan LongestFirstAdmin = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestSignIn = TimeSpan.FromHours(24);

    /// <summary>A new link; the value is its code. A person, and the first start, has one at a time.</summary>
    public async Task<string> MakeAsync(LinkPurpose purpose, string? personId, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var code = ApiTokenText.RandomCode();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (purpose != LinkPurpose.SignIn)
        {
            await context.OneTimeLinks.Where(link => link.Purpose == purpose && link.PersonId == personId).ExecuteDeleteAsync(cancellationToken);
        }

        await context.OneTimeLinks.Where(link => link.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        context.OneTimeLinks.Add(new() { Id = RandomNumberGenerator.GetHexString(16, lowercase: true), Hash = ApiTokenText.Hash(code), Purpose = purpose, PersonId = personId, ExpiresAt = now + lifetime });
        await context.SaveChangesAsync(cancellationToken);
        return code;
    }

    /// <summary>True while the code can be used; it is not used up.</summary>
    public async Task<(bool IsValid, string? PersonId)> LookAsync(LinkPurpose purpose, string? code, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindAsync(context, purpose, code, cancellationToken) is { } link ? (true, link.PersonId) : (false, null);
    }

    /// <summary>Uses the code up. Of several who try at once, one succeeds.</summary>
    public async Task<(bool IsValid, string? PersonId)> UseAsync(LinkPurpose purpose, string? code, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindAsync(context, purpose, code, cancellationToken) is { } link
            && await context.OneTimeLinks.Where(known => known.Id == link.Id).ExecuteDeleteAsync(cancellationToken) == 1
            ? (true, link.PersonId)
            : (false, null);
    }

    private TimeSpan LongestOf(LinkPurpose purpose) => purpose switch
    {
        LinkPurpose.FirstAdmin => LongestFirstAdmin,
        LinkPurpose.Invitation => TimeSpan.FromHours(options.SignIn.InvitationHours),
        _ => LongestSignIn,
    };

    private async Task<OneTimeLinkEntity?> FindAsync(SecurityContext context, LinkPurpose purpose, string? code, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(code) || code.Length > 100)
        {
            return null;
        }

        // Found by a hash of 256 random bits: the time that it takes tells nothing.
        var hash = ApiTokenText.Hash(code);
        // One that is good for longer than any is made for was made before the clock was set back.
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var latest = now + LongestOf(purpose);
        return await context.OneTimeLinks.AsNoTracking().FirstOrDefaultAsync(link => link.Purpose == purpose && link.Hash == hash && link.ExpiresAt > now && link.ExpiresAt <= latest, cancellationToken);
    }
}
