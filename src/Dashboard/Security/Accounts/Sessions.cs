using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Security.Accounts;

/// <summary>The browsers that are signed in. A cookie without its row here opens nothing.</summary>
internal sealed class Sessions(IDbContextFactory<SecurityContext> contexts, AccessCache cache, TimeProvider timeProvider)
{
    private const int MaximumBrowserLength = 200;

    private static readonly TimeSpan NoteEvery = TimeSpan.FromMinutes(5);

    /// <summary>Begins one; the value is its id.</summary>
    public async Task<string> BeginAsync(string personId, string method, HttpContext request)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var browser = request.Request.Headers.UserAgent.ToString();
        var session = new SessionEntity
        {
            Id = RandomNumberGenerator.GetHexString(32, lowercase: true),
            PersonId = personId,
            CreatedAt = now,
            LastSeenAt = now,
            From = CallerClaims.AddressOf(request),
            Browser = browser.Length <= MaximumBrowserLength ? browser : browser[..MaximumBrowserLength],
            Method = method,
        };
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        context.Sessions.Add(session);
        await context.SaveChangesAsync(CancellationToken.None);
        await context.Users.Where(person => person.Id == personId).ExecuteUpdateAsync(update => update.SetProperty(person => person.LastSignInAt, now), CancellationToken.None);
        await cache.ReloadAsync(CancellationToken.None);
        return session.Id;
    }

    public async Task EndAsync(string sessionId)
    {
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        await context.Sessions.Where(session => session.Id == sessionId).ExecuteDeleteAsync(CancellationToken.None);
        await cache.ReloadAsync(CancellationToken.None);
    }

    /// <summary>Ends all of a person, but the one that is named.</summary>
    public async Task EndAllAsync(string personId, string? exceptId)
    {
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        await context.Sessions.Where(session => session.PersonId == personId && session.Id != exceptId).ExecuteDeleteAsync(CancellationToken.None);
        await cache.ReloadAsync(CancellationToken.None);
    }

    /// <summary>Called at each request with a session: written down now and then only.</summary>
    public async Task NoteUseAsync(string sessionId, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (cache.LastSeen(sessionId) is not { } before || now - before < NoteEvery)
        {
            return;
        }

        cache.Touch(sessionId, now);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            await context.Sessions.Where(session => session.Id == sessionId).ExecuteUpdateAsync(update => update.SetProperty(session => session.LastSeenAt, now.UtcDateTime), cancellationToken);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            // Known here, and written down with a later request: whoever looks at a page must not be refused because the disk is full.
        }
    }
}
